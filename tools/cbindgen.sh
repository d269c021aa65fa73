#!/usr/bin/env bash
# Writes the C header that belongs to ffi/src, or with --check compares it with the committed one.
set -euo pipefail
cd "$(dirname "$0")/.."

version=0.29.4
root="${FLOORJOBS_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/floorjobs-tools}/cbindgen-$version"
if [ ! -x "$root/bin/cbindgen" ]; then
  echo "installing cbindgen $version into $root (once per machine)" >&2
  # It runs for a second at a time, so a quick build beats a quick program.
  CARGO_TARGET_DIR="$root/build" CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off \
    cargo install --quiet --locked --root "$root" --version "=$version" cbindgen
  rm -rf "$root/build"
fi

check=()
[ "${1:-}" = "--check" ] && check=(--verify)
if ! "$root/bin/cbindgen" --quiet --config ffi/cbindgen.toml --crate floorjobs-ffi \
  --output include/floorjobs.h "${check[@]}" ffi; then
  echo "include/floorjobs.h is not what ffi/src says; run: make header" >&2
  exit 1
fi
