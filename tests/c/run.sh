#!/usr/bin/env bash
# Builds the C hosts with every compiler that is here, as C11 and as C++17, under ASan and UBSan,
# against the shared library, and runs them; then the threaded ones under TSan, and the short ones
# under valgrind.
# Usage: tests/c/run.sh target/debug 0.1.0
set -euo pipefail
library_dir="$(cd "$1" && pwd)"
version="$2"
cd "$(dirname "$0")"
plan=../data/plans/d34_procthor_016_stroke_reportlab.pdf

out="$(mktemp -d)"
slow=""
trap '[ -z "$slow" ] || kill -- "-$slow" 2>/dev/null || true; rm -rf "$out"' EXIT
warnings=(-Wall -Wextra -Wpedantic -Werror -g -I../../include)
sanitized=("${warnings[@]}" -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
# Its SONAME is that of an installed library, under which the loader looks for it.
mkdir "$out/lib"
ln -s "$library_dir/libfloorjobs.so" "$out/lib/libfloorjobs.so"
soname="$(objdump -p "$library_dir/libfloorjobs.so" | awk '$1 == "SONAME" {print $2}')"
[ -z "$soname" ] || ln -sf "$library_dir/libfloorjobs.so" "$out/lib/$soname"
link=(-L"$out/lib" "-Wl,-rpath,$out/lib" -lfloorjobs -lpthread -lm)
# clang keeps the frames of functions that have ended, and what these point to would not count as lost.
export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=0
# None of this machine's settings are the hosts'.
unset FLOORJOBS_DATABASE_URL FLOORJOBS_BLOBS_URL REDIS_URL

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

# Runs a host in a folder of its own, which it is given first.
in_folder() {
  local program="$1" folder
  shift
  folder="$(mktemp -d "$out/store.XXXX")"
  "${under[@]}" "$program" "$folder" "$@"
  rm -rf "$folder"
}
under=()

# Builds a host: hosts NAME COMPILER... ; each is one file, but for `host`.
build() {
  local name="$1" more=()
  shift
  if [ "$name" = host ]; then more=(other_unit.c); fi
  "$@" -o "$out/$name" "$name.c" "${more[@]}" "${link[@]}"
}

# The C++ layer, with one compiler.
layer() {
  "$1" -std=c++17 "${sanitized[@]}" -o "$out/layer" layer.cpp "${link[@]}"
  in_folder "$out/layer"
  "$1" -std=c++17 -fno-exceptions -fno-rtti "${warnings[@]}" -o "$out/plain" plain.cpp "${link[@]}"
  in_folder "$out/plain"
  echo "ok: $1, floorjobs.hpp"
}

run_all() {
  "${under[@]}" "$out/host" "$version"
  in_folder "$out/client" "$plan"
  in_folder "$out/garbage"
  in_folder "$out/threads"
  in_folder "$out/worker" "$plan"
  in_folder "$out/held"
  in_folder "$out/forked" alone
  "${under[@]}" "$out/pipelines" "$plan"
}
hosts=(host client garbage threads pipelines worker held forked)

host() {
  local name="$1" host
  shift
  if ! "$@" -fsanitize=address,undefined -I../../include -o "$out/faults" faults.c "${link[@]}" 2>/dev/null; then
    echo "not here, so not tried: the sanitizers of $name"
    return
  fi
  "$@" "${sanitized[@]}" -o "$out/faults" faults.c "${link[@]}"
  stopped_by AddressSanitizer "$out/faults" address
  stopped_by LeakSanitizer "$out/faults" leak
  stopped_by heap-use-after-free "$out/faults" freed-error
  stopped_by LeakSanitizer "$out/faults" lost-error
  stopped_by "runtime error: signed integer overflow" "$out/faults" overflow
  for host in "${hosts[@]}"; do build "$host" "$@" "${sanitized[@]}"; done
  run_all
  # The checks in it can fail, too.
  stopped_by "not so" "$out/host" "not-$version"
  echo "ok: $name"
}

# Without a sanitizer: what the library does to its host's threads and signals, for `quiet` stands in
# the place of pthread_create as the sanitizers do; and forks beside threads.
plainly() {
  build quiet "$@" "${warnings[@]}"
  in_folder "$out/quiet" "$plan"
  build forked "$@" "${warnings[@]}"
  in_folder "$out/forked"
  echo "ok: quiet, forked"
}

# What the threads of a host do to each other. The library is not instrumented; its own locking is
# not seen, and what it does to its own memory is not looked at.
threads() {
  local name="$1" threaded=("${warnings[@]}" -fsanitize=thread -fno-omit-frame-pointer)
  shift
  "$@" "${threaded[@]}" -o "$out/faults" faults.c "${link[@]}"
  stopped_by "data race" env TSAN_OPTIONS=halt_on_error=1 "$out/faults" race
  build threads "$@" "${threaded[@]}"
  TSAN_OPTIONS="halt_on_error=1 ignore_noninstrumented_modules=1" in_folder "$out/threads"
  echo "ok: $name, TSan"
}

valgrind_hosts() {
  local host
  if ! command -v valgrind >/dev/null; then
    echo "not here, so not tried: valgrind"
    return
  fi
  "$@" "${warnings[@]}" -o "$out/faults" faults.c "${link[@]}"
  under=(valgrind --quiet --leak-check=full --show-leak-kinds=definite,indirect --errors-for-leak-kinds=definite,indirect --error-exitcode=99)
  stopped_by "definitely lost" "${under[@]}" "$out/faults" leak
  stopped_by "definitely lost" "${under[@]}" "$out/faults" lost-error
  stopped_by "Invalid read" "${under[@]}" "$out/faults" freed-error
  # Not those that fork beside other threads: in the child their stacks are gone, and all that only these
  # knew of counts as lost; nor those that work long, for what the sanitizers have seen already.
  for host in host client garbage threads; do build "$host" "$@" "${warnings[@]}"; done
  "${under[@]}" "$out/host" "$version"
  for host in garbage threads; do in_folder "$out/$host"; done
  in_folder "$out/client" "$plan"
  under=()
  echo "ok: valgrind"
}

# Every export is called with what a host may get wrong.
for symbol in $(cat ../../include/floorjobs.symbols); do
  grep -qw "$symbol" garbage.c || { echo "garbage.c does not call $symbol" >&2; exit 1; }
done

found="$(command -v gcc || command -v clang)" || { echo "the C hosts need gcc or clang" >&2; exit 1; }
found="$(basename "$found")"
# It takes as long as all the others, on one processor. As a job of its own it ends with this.
set -m
(
  out="$out/valgrind"
  mkdir "$out"
  valgrind_hosts "$found" -std=c11 -D_GNU_SOURCE
) >"$out/valgrind.log" 2>&1 &
slow=$!
set +m

for pair in gcc:g++ clang:clang++; do
  cc="${pair%:*}" cxx="${pair#*:}"
  command -v "$cc" >/dev/null || { echo "not here, so not tried: $cc"; continue; }
  host "$cc, C11" "$cc" -std=c11 -D_GNU_SOURCE
  command -v "$cxx" >/dev/null || { echo "not here, so not tried: $cxx"; continue; }
  host "$cxx, C++17" "$cxx" -x c++ -std=c++17
  layer "$cxx"
done
threads "$found" "$found" -std=c11 -D_GNU_SOURCE
plainly "$found" -std=c11 -D_GNU_SOURCE
code=0
wait "$slow" || code=$?
cat "$out/valgrind.log"
exit "$code"
