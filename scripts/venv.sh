#!/bin/sh
# Makes a virtual environment from lock files, or does nothing when it is there and in step with them.
#
#   sh scripts/venv.sh FOLDER LOCK...      from the root of the checkout
#
# Where one of the locks holds the build backend, the checkout itself is put on the environment's path. The environment
# is made anew when a lock changed or the checkout moved; $PYTHON names another interpreter.
set -eu

say() { printf '%s\n' "$*" >&2; }

fits() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

can_make_venv() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

find_python() {
    for candidate in "${PYTHON:-}" python3 python3.15 python3.14 python3.13 python3.12 python3.11; do
        if [ -n "$candidate" ] && fits "$candidate"; then
            printf '%s' "$candidate"
            return
        fi
    done
}

# Installs Debian's package as root; anyone else, and any other system, is told the one command.
require_debian_package() { # package, what is missing
    install="apt-get update && apt-get install -y --no-install-recommends $1"
    if ! [ -e /etc/debian_version ] || ! command -v apt-get >/dev/null 2>&1; then
        say "$2: install Python 3.11 or newer with its modules venv and ensurepip, then run this again."
        exit 1
    elif [ "$(id -u)" -eq 0 ]; then
        say "$2: installing $1 ..."
        apt-get update -qq >&2 || { say "apt-get update failed; mend that and run this again."; exit 1; }
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" >/dev/null ||
            { say "apt-get could not install $1; mend that and run this again."; exit 1; }
    elif command -v sudo >/dev/null 2>&1; then
        say "$2. This installs it: sudo sh -c '$install'"
        exit 1
    else
        say "$2. This installs it: su -c '$install'"
        exit 1
    fi
}

[ $# -ge 2 ] || { say "usage: sh scripts/venv.sh FOLDER LOCK..."; exit 2; }
[ -e pyproject.toml ] || { say "Run this from the root of the checkout."; exit 2; }
folder=$1
shift
made_from=$folder/made-from
locks_now="$(cat "$@" | cksum) $(pwd -P)"
project_now=$(cksum <pyproject.toml)
with_checkout=$(cat "$@" | grep -c '^hatchling==' || true)

# Two runs in one checkout take turns.
if command -v flock >/dev/null 2>&1; then
    exec 9<"$0"
    flock 9
fi

locks_then='' project_then=''
if [ -e "$made_from" ] && "$folder/bin/python" -c '' 2>/dev/null; then
    { read -r locks_then && read -r project_then; } <"$made_from" || true
fi
[ "$locks_then $project_then" != "$locks_now $project_now" ] || exit 0

if [ "$locks_then" != "$locks_now" ]; then
    python=$(find_python)
    if [ -z "$python" ]; then
        require_debian_package python3-venv "Python 3.11 or newer is missing"
        python=$(find_python)
        [ -n "$python" ] || { say "This system's python3 is older than 3.11: install a newer one and run this again."; exit 1; }
    fi
    if ! can_make_venv "$python"; then
        package=python3-venv
        [ "$python" = python3 ] || package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
        require_debian_package "$package" "Python's modules venv and ensurepip are missing"
    fi
    say "Making $folder with $("$python" --version) from $* (once; takes a moment) ..."
    "$python" -m venv --clear "$folder"
    locks=$*
    for lock in "$@"; do
        set -- "$@" -r "$lock"
        shift
    done
    "$folder/bin/python" -m pip install --disable-pip-version-check --no-input -qq --require-hashes "$@" ||
        { say "$folder could not be filled from $locks; the lines above say why. Run this again when that is mended."; exit 1; }
fi

rm -f "$made_from"
[ "$with_checkout" -eq 0 ] || "$folder/bin/python" -m pip install --disable-pip-version-check --no-input -qq --no-deps --no-build-isolation -e . ||
    { say "The checkout could not be put on the path of $folder; the lines above say why."; exit 1; }
printf '%s\n%s\n' "$locks_now" "$project_now" >"$made_from"
