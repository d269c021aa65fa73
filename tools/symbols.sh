#!/usr/bin/env bash
# Compares what the built shared library exports with the committed list, and sees to it that the
# crash points of the tests are not in it.
# Usage: tools/symbols.sh target/debug/libfloorjobs.so
set -euo pipefail
here="$(dirname "$0")/.."

exported="$(nm -D --defined-only "$1" | awk '{print $3}' | LC_ALL=C sort)"
if ! diff -u "$here/include/floorjobs.symbols" <(printf '%s\n' "$exported"); then
  echo "$1 exports other symbols than include/floorjobs.symbols lists" >&2
  exit 1
fi

if grep -qa FLOORJOBS_CRASH_AT "$1"; then
  echo "$1 was built with the crash points, which are for tests only" >&2
  exit 1
fi
