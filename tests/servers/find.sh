#!/bin/sh
# Says where a server program is, or fails: find.sh NAME...; the first name that is found.
#
# Debian has those of PostgreSQL in a folder of its version, and pgbouncer where only root looks. Some
# come with the Python packages of the tests.
set -eu

venv=$(cd "$(dirname "$0")/../.." && pwd)/.venv/bin
for name in "$@"; do
    if [ -x "$venv/$name" ]; then
        echo "$venv/$name"
        exit 0
    fi
    if command -v "$name"; then exit 0; fi
    for folder in /usr/sbin /usr/local/sbin $(ls -dr /usr/lib/postgresql/*/bin 2>/dev/null); do
        if [ -x "$folder/$name" ]; then
            echo "$folder/$name"
            exit 0
        fi
    done
done
exit 1
