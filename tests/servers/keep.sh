#!/bin/sh
# Runs a server for as long as somebody holds this script's standard input open:
# keep.sh FOLDER COMMAND...
#
# The first line of its output is the server's process id. When standard input ends, because the
# test that started this ended in whatever way, the server is killed and its folder removed. A line
# `keep` before the end keeps the folder. Should this script itself be killed, the kernel kills the
# server.
#
# What root starts runs as another user: PostgreSQL refuses to be root. Not so what belongs to this
# checkout, which others may not be able to read.
set -eu

folder=$1
shift
as=--no-new-privs
if [ "$(id -u)" = 0 ] && [ "${1##*/}" != moto.sh ]; then
    user=nobody
    if id postgres >/dev/null 2>&1; then user=postgres; fi
    chown -R "$user" "$folder"
    as="--no-new-privs --reuid $user --regid $(id -g "$user") --clear-groups"
fi
# A change of user clears the signal, so it is set after it.
# shellcheck disable=SC2086 # words, not one word
setpriv $as -- setpriv --pdeathsig KILL "$@" </dev/null >>"$folder/log" 2>&1 &
server=$!
echo "$server"
read -r word || word=
# PostgreSQL has a piece of memory that outlives it when it is killed; its number is in this line.
memory=$(sed -n 7p "$folder/data/postmaster.pid" 2>/dev/null | awk '{ print $2 }') || memory=
kill -9 "$server" 2>/dev/null || true
wait "$server" 2>/dev/null || true
[ -z "$memory" ] || ipcrm --shmem-id "$memory" 2>/dev/null || true
[ "$word" = keep ] || rm -rf "$folder"
