#!/bin/sh
# Sees to what builds the image without an engine: buildah, and mmdebstrap for a base of our own. On Debian as root they are
# installed; anyone else is told the one command. Never fails itself: without them the tests of the image fail and name them.
set -eu

say() { printf '%s\n' "$*" >&2; }

packages="buildah mmdebstrap"
if command -v buildah >/dev/null 2>&1 && command -v mmdebstrap >/dev/null 2>&1; then exit 0; fi

install="apt-get update && apt-get install -y --no-install-recommends $packages"
if ! [ -e /etc/debian_version ] || ! command -v apt-get >/dev/null 2>&1; then
    say "No buildah or no mmdebstrap on the PATH: install both to test the image."
elif [ "$(id -u)" -eq 0 ]; then
    say "No buildah or no mmdebstrap on the PATH: installing them for the tests of the image ..."
    # shellcheck disable=SC2086  # two packages, two words
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages; } \
        >/dev/null 2>&1 || say "apt-get could not install $packages; the tests of the image need them."
else
    say "No buildah or no mmdebstrap on the PATH. This installs them for the tests of the image: sudo sh -c '$install'"
fi
