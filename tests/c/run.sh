#!/usr/bin/env bash
# Builds the C hosts with every compiler that is here, as C11 and as C++17, under ASan and UBSan,
# against the shared library, and runs them.
# Usage: tests/c/run.sh target/debug 0.1.0
set -euo pipefail
library_dir="$(cd "$1" && pwd)"
version="$2"
cd "$(dirname "$0")"

out="$(mktemp -d)"
trap 'rm -rf "$out"' EXIT
flags=(-Wall -Wextra -Wpedantic -Werror -g -I../../include
  -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
link=(-L"$library_dir" "-Wl,-rpath,$library_dir" -lfloorjobs)
export ASAN_OPTIONS=detect_leaks=1

# Passes when the program fails and its sanitizer says why.
stopped_by() {
  local message="$1" log="$out/log"
  shift
  if "$@" 2>"$log"; then
    echo "not stopped: $*" >&2
    exit 1
  fi
  grep -q "$message" "$log" || { cat "$log" >&2; exit 1; }
}

host() {
  local name="$1"
  shift
  "$@" "${flags[@]}" -o "$out/faults" faults.c
  stopped_by AddressSanitizer "$out/faults" address
  stopped_by LeakSanitizer "$out/faults" leak
  stopped_by "runtime error: signed integer overflow" "$out/faults" overflow
  "$@" "${flags[@]}" -o "$out/host" host.c other_unit.c "${link[@]}"
  "$out/host" "$version"
  # The checks in it can fail, too.
  stopped_by "not so" "$out/host" "not-$version"
  echo "ok: $name"
}

found=0
for pair in gcc:g++ clang:clang++; do
  cc="${pair%:*}" cxx="${pair#*:}"
  command -v "$cc" >/dev/null || { echo "not here, so not tried: $cc"; continue; }
  host "$cc, C11" "$cc" -std=c11
  found=1
  command -v "$cxx" >/dev/null || { echo "not here, so not tried: $cxx"; continue; }
  host "$cxx, C++17" "$cxx" -x c++ -std=c++17
done
[ "$found" = 1 ] || { echo "the C hosts need gcc or clang" >&2; exit 1; }
