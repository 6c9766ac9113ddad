#!/bin/sh
# Sees to a redis-server for the tests of the shared cache: one on the PATH serves; on Debian as root it is installed,
# and no service started; anyone else is told the one command. Never fails itself: without it those tests fail and name it.
set -eu

say() { printf '%s\n' "$*" >&2; }

if command -v redis-server >/dev/null 2>&1; then exit 0; fi

# Only the program is wanted. policy-rc.d answers 101, "not allowed", to every service that a package would start.
unstarted() {
    policy=/usr/sbin/policy-rc.d
    if [ -e "$policy" ]; then "$@"; return; fi
    trap 'rm -f "$policy"' EXIT
    trap 'exit 130' HUP INT TERM
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    "$@"
}

fetch() {
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends redis-server
}

install="apt-get update && apt-get install -y --no-install-recommends redis-server"
if ! [ -e /etc/debian_version ] || ! command -v apt-get >/dev/null 2>&1; then
    say "No redis-server on the PATH: install Redis to run the tests of the shared cache."
elif [ "$(id -u)" -eq 0 ]; then
    say "No redis-server on the PATH: installing it for the tests of the shared cache ..."
    unstarted fetch >/dev/null 2>&1 || say "apt-get could not install redis-server; the tests of the shared cache need it."
else
    say "No redis-server on the PATH. This installs it for the tests of the shared cache: sudo sh -c '$install'"
fi
