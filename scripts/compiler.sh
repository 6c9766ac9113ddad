#!/bin/sh
# Sees to a C compiler for the tests that set the clock of running programs: one on the PATH serves; on Debian as root
# it is installed; anyone else is told the one command. Never fails itself: without it those tests fail and name it.
set -eu

say() { printf '%s\n' "$*" >&2; }

if command -v cc >/dev/null 2>&1; then exit 0; fi

fetch() {
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends gcc libc6-dev
}

install="apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev"
if ! [ -e /etc/debian_version ] || ! command -v apt-get >/dev/null 2>&1; then
    say "No cc on the PATH: install a C compiler to run the tests that set clocks."
elif [ "$(id -u)" -eq 0 ]; then
    say "No cc on the PATH: installing gcc for the tests that set clocks ..."
    fetch >/dev/null 2>&1 || say "apt-get could not install gcc; the tests that set clocks need it."
else
    say "No cc on the PATH. This installs one for the tests that set clocks: sudo sh -c '$install'"
fi
