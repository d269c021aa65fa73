#!/usr/bin/env bash
# Sees to it that what the tests use is installed: PostgreSQL, pgbouncer, and Redis or Valkey; `ip`,
# with which they connect hosts; Chromium, which looks at the page; and for the C hosts a second
# compiler, valgrind, cmake and pkg-config.
# Says what is here; installs with apt what is missing where that can be done, and fails otherwise.
# Nothing is started: the tests start what they need, in folders of their own.
set -euo pipefail
find="$(dirname "$0")/../tests/servers/find.sh"

missing=()
look() { # look PACKAGE PROGRAM...
  local package=$1 path
  shift
  if path="$("$find" "$@")"; then
    echo "$package: $path"
  else
    missing+=("$package")
  fi
}
look postgresql postgres
look pgbouncer pgbouncer
look redis-server redis-server valkey-server
look iproute2 ip
look chromium chromium chromium-browser google-chrome
look clang clang
# Debian keeps its sanitizers in a package of their own.
echo 'int main(void) { return 0; }' | clang -fsanitize=address -x c - -o /dev/null 2>/dev/null ||
  missing+=(libclang-rt-dev)
look valgrind valgrind
look cmake cmake
look pkg-config pkg-config

((${#missing[@]})) || exit 0
if ! command -v apt-get >/dev/null; then
  echo "not here: ${missing[*]}; install them with the packages of this system" >&2
  exit 1
fi
as_root=()
if ((EUID != 0)); then
  if ! sudo -n true 2>/dev/null; then
    echo "not here: ${missing[*]}; install them: sudo apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo -n)
fi
echo "installing with apt-get: ${missing[*]}"
"${as_root[@]}" apt-get update -qq
# The tests start servers of their own; none needs to run beside them.
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
