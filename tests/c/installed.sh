#!/usr/bin/env bash
# Installs the library as built, and uses it as others do: through pkg-config and CMake, shared and
# static; runs the examples; and looks at what a static host gets to see.
# Usage: tests/c/installed.sh target/debug 0.1.0
set -euo pipefail
built="$(cd "$1" && pwd)" version="$2"
cd "$(dirname "$0")"
root="$(cd ../.. && pwd)"
examples="$root/examples/c"
plan="$root/tests/data/plans/d34_procthor_016_stroke_reportlab.pdf"

out="$(mktemp -d)"
trap 'rm -rf "$out"' EXIT
prefix="$out/usr"
unset FLOORJOBS_DATABASE_URL FLOORJOBS_BLOBS_URL REDIS_URL
fail() { echo "$*" >&2; exit 1; }

"$root/tools/install.sh" "$built" "$prefix" "$version" >/dev/null
for file in include/floorjobs.h include/floorjobs.hpp lib/libfloorjobs.a lib/libfloorjobs.so \
  lib/libfloorjobs.so.1 "lib/libfloorjobs.so.$version" lib/pkgconfig/floorjobs.pc \
  lib/cmake/floorjobs/floorjobs-config.cmake; do
  [ -e "$prefix/$file" ] || fail "not installed: $file"
done
if "$root/tools/install.sh" "$built" relative "$version" 2>/dev/null; then
  fail "a relative prefix was taken"
fi

# What the archive shows is the interface, and nothing else.
readelf -sW "$prefix/lib/libfloorjobs.a" |
  awk '($5 == "GLOBAL" || $5 == "WEAK") && $7 != "UND" {print $8}' | LC_ALL=C sort >"$out/shown"
diff -u "$root/include/floorjobs.symbols" "$out/shown" || fail "the static library shows more than fj_"

flags=(-std=c11 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Werror)
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
read -ra shared <<<"$(pkg-config --cflags --libs floorjobs)"
[ "$(pkg-config --modversion floorjobs)" = "$version" ] || fail "pkg-config tells another version"

# Shared: the examples, run as their readers would.
for name in rooms enqueue worker threads; do
  gcc "${flags[@]}" -o "$out/$name" "$examples/$name.c" "${shared[@]}" -lpthread
done
g++ -std=c++17 -Wall -Wextra -Wpedantic -Werror -o "$out/greet" "$examples/worker.cpp" "${shared[@]}"
objdump -p "$out/rooms" | grep -q 'NEEDED *libfloorjobs.so.1$' || fail "linked without the SONAME"
export LD_LIBRARY_PATH="$prefix/lib"
"$out/rooms" "$plan" >"$out/said"
grep -q '^room 2: .' "$out/said" || fail "no rooms: $(cat "$out/said")"
"$out/rooms" /dev/null 2>"$out/said" && fail "an empty file is a plan"
grep -q '(invalid_pdf)' "$out/said" || fail "no reason: $(cat "$out/said")"
mkdir "$out/store"
cd "$out/store"
"$out/worker" 2>"$out/log" &
worker=$!
"$out/enqueue" shout '"hey"' >"$out/said"
grep -q '"result":"hey!"' "$out/said" || fail "not shouted: $(cat "$out/said")"
"$out/enqueue" shout 7 >"$out/said"
grep -q '"error_code":"invalid_input"' "$out/said" || fail "shouted a number: $(cat "$out/said")"
kill -TERM "$worker"
wait "$worker" || fail "the worker ended with $?: $(cat "$out/log")"
grep -q ' INFO succeeded ' "$out/log" || fail "no log: $(cat "$out/log")"
"$out/threads" >"$out/said" || fail "not all stored: $(cat "$out/said")"
grep -q '^80 jobs stored by 8 threads' "$out/said" || fail "not eight threads: $(cat "$out/said")"
"$out/greet" >"$out/said"
grep -q '"result":"hello, world"' "$out/said" || fail "not greeted: $(cat "$out/said")"
grep -q '"error_code":"unsupported"' "$out/said" || fail "not refused: $(cat "$out/said")"
grep -q '^not_found: ' "$out/said" || fail "no error: $(cat "$out/said")"
cd "$root/tests/c"
unset LD_LIBRARY_PATH
echo "ok: pkg-config, shared, and the examples"

# Static: where only the archive is there, pkg-config finds it.
alone="$out/alone"
mkdir -p "$alone/lib"
cp -a "$prefix/include" "$alone/"
mv "$prefix/lib/libfloorjobs.a" "$alone/lib/"
ln -s "$alone/lib/libfloorjobs.a" "$prefix/lib/libfloorjobs.a"
sed "s|$prefix|$alone|" "$prefix/lib/pkgconfig/floorjobs.pc" >"$out/floorjobs.pc"
read -ra static <<<"$(PKG_CONFIG_PATH="$out" pkg-config --static --cflags --libs floorjobs)"
gcc "${flags[@]}" -o "$out/own" own_sqlite.c "${static[@]}"
objdump -p "$out/own" | grep -q 'NEEDED *libfloorjobs' && fail "linked the shared library"
"$out/own" "$out/store"
echo "ok: pkg-config, static, in a host with a SQLite of its own"

if ! command -v cmake >/dev/null; then
  echo "not here, so not tried: cmake"
  exit 0
fi
cmake -S consumer -B "$out/cmake" -DCMAKE_PREFIX_PATH="$prefix" -DEXAMPLES="$examples" >"$out/log" 2>&1 ||
  { cat "$out/log" >&2; exit 1; }
cmake --build "$out/cmake" >"$out/log" 2>&1 || { cat "$out/log" >&2; exit 1; }
for name in rooms rooms-static; do
  "$out/cmake/$name" "$plan" | grep -q '^room 2: .' || fail "no rooms: $name"
done
mkdir "$out/other"
(cd "$out/other" && "$out/cmake/greet") | grep -q '"result":"hello, world"' || fail "not greeted"
# A program that wants another minor version is not given this one.
sed 's/floorjobs 0.1/floorjobs 0.2/' consumer/CMakeLists.txt >"$out/CMakeLists.txt"
if cmake -S "$out" -B "$out/cmake2" -DCMAKE_PREFIX_PATH="$prefix" -DEXAMPLES="$examples" >"$out/log" 2>&1; then
  fail "version 0.2 was found"
fi
echo "ok: find_package, shared and static"
