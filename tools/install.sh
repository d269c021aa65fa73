#!/usr/bin/env bash
# Installs the C library as C libraries are: shared and static library, headers, what pkg-config and
# CMake want to know.
# Usage: tools/install.sh target/release /usr/local 0.1.0; DESTDIR is put before what is written.
set -euo pipefail
built="$(cd "$1" && pwd)" prefix="$2" version="$3"
cd "$(dirname "$0")/.."
case "$prefix" in
  /*) ;;
  *) echo "PREFIX must be an absolute path, not $prefix" >&2; exit 1 ;;
esac
abi="$(sed -n 's/^#define FJ_ABI_VERSION \([0-9]*\)$/\1/p' include/floorjobs.h)"
libdir="${LIBDIR:-$prefix/lib}" includedir="$prefix/include"
into="${DESTDIR:-}"
# What the static library needs of the system.
system_libs="-lgcc_s -lpthread -ldl -lm -lc"

scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$into$libdir/pkgconfig" "$into$libdir/cmake/floorjobs" "$into$includedir"

install -m 644 include/floorjobs.h include/floorjobs.hpp "$into$includedir/"

# The SONAME is that of the binary interface, the file's name that of the release.
install -m 755 "$built/libfloorjobs.so" "$into$libdir/libfloorjobs.so.$version"
ln -sf "libfloorjobs.so.$version" "$into$libdir/libfloorjobs.so.$abi"
ln -sf "libfloorjobs.so.$abi" "$into$libdir/libfloorjobs.so"

# One object in which everything but the interface is hidden, so that a host may have a SQLite, a Rust
# or anything else of its own. The bitcode of Rust's own library is of no use to a host, and stops
# linkers that try to read it.
keep=()
while read -r symbol; do keep+=(-u "$symbol"); done <include/floorjobs.symbols
ld -r --gc-sections "${keep[@]}" -o "$scratch/all.o" "$built/libfloorjobs.a"
objcopy --keep-global-symbols=include/floorjobs.symbols \
  --remove-section=.llvmbc --remove-section=.llvmcmd "$scratch/all.o" "$scratch/floorjobs.o"
rm -f "$into$libdir/libfloorjobs.a"
ar rcsD "$into$libdir/libfloorjobs.a" "$scratch/floorjobs.o"
chmod 644 "$into$libdir/libfloorjobs.a"

cat >"$into$libdir/pkgconfig/floorjobs.pc" <<PC
prefix=$prefix
libdir=$libdir
includedir=$includedir

Name: floorjobs
Description: Durable jobs for heavy work, and the floor-plan pipelines that run in them
Version: $version
Cflags: -I\${includedir}
Libs: -L\${libdir} -lfloorjobs
Libs.private: $system_libs
PC

# Found beside itself, so that the installed tree can be moved.
cat >"$into$libdir/cmake/floorjobs/floorjobs-config.cmake" <<'CMAKE'
# Targets: floorjobs::floorjobs, the shared library, and floorjobs::static.
get_filename_component(_floorjobs_lib "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)
get_filename_component(_floorjobs_include "@INCLUDE_FROM_HERE@" ABSOLUTE)
if(NOT TARGET floorjobs::floorjobs)
  add_library(floorjobs::floorjobs SHARED IMPORTED)
  set_target_properties(floorjobs::floorjobs PROPERTIES
    IMPORTED_LOCATION "${_floorjobs_lib}/libfloorjobs.so.@VERSION@"
    IMPORTED_SONAME "libfloorjobs.so.@ABI@"
    INTERFACE_INCLUDE_DIRECTORIES "${_floorjobs_include}")
endif()
if(NOT TARGET floorjobs::static)
  add_library(floorjobs::static STATIC IMPORTED)
  set_target_properties(floorjobs::static PROPERTIES
    IMPORTED_LOCATION "${_floorjobs_lib}/libfloorjobs.a"
    INTERFACE_LINK_LIBRARIES "@SYSTEM_LIBS@"
    INTERFACE_INCLUDE_DIRECTORIES "${_floorjobs_include}")
endif()
unset(_floorjobs_lib)
unset(_floorjobs_include)
CMAKE
sed -i \
  -e "s|@INCLUDE_FROM_HERE@|\${CMAKE_CURRENT_LIST_DIR}/$(realpath -m --relative-to="$libdir/cmake/floorjobs" "$includedir")|" \
  -e "s|@VERSION@|$version|" -e "s|@ABI@|$abi|" -e "s|@SYSTEM_LIBS@|${system_libs// /;}|" \
  "$into$libdir/cmake/floorjobs/floorjobs-config.cmake"

# Before 1.0 a minor version may break what the next one compiles.
cat >"$into$libdir/cmake/floorjobs/floorjobs-config-version.cmake" <<CMAKE
set(PACKAGE_VERSION "$version")
if(PACKAGE_FIND_VERSION VERSION_GREATER PACKAGE_VERSION)
  set(PACKAGE_VERSION_COMPATIBLE FALSE)
elseif(NOT "\${PACKAGE_FIND_VERSION_MAJOR}.\${PACKAGE_FIND_VERSION_MINOR}" STREQUAL "${version%.*}"
    AND NOT "\${PACKAGE_FIND_VERSION}" STREQUAL "")
  set(PACKAGE_VERSION_COMPATIBLE FALSE)
else()
  set(PACKAGE_VERSION_COMPATIBLE TRUE)
  if(PACKAGE_FIND_VERSION VERSION_EQUAL PACKAGE_VERSION)
    set(PACKAGE_VERSION_EXACT TRUE)
  endif()
endif()
CMAKE
echo "installed floorjobs $version into $into$prefix"
