#!/bin/sh
# Sees to a Chromium for the tests of the pages: one on the PATH serves; on Debian as root it is installed, anyone else is
# told the one command. Never fails itself: without a browser those tests fail and name it.
set -eu

say() { printf '%s\n' "$*" >&2; }

for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done

install="apt-get update && apt-get install -y --no-install-recommends chromium"
if ! [ -e /etc/debian_version ] || ! command -v apt-get >/dev/null 2>&1; then
    say "No Chromium on the PATH: install Chromium or Chrome to run the tests of the pages."
elif [ "$(id -u)" -eq 0 ]; then
    say "No Chromium on the PATH: installing it for the tests of the pages ..."
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } \
        >/dev/null 2>&1 || say "apt-get could not install chromium; the tests of the pages need it."
else
    say "No Chromium on the PATH. This installs it for the tests of the pages: sudo sh -c '$install'"
fi
