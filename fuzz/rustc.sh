#!/usr/bin/env bash
# The compiler as cargo-fuzz calls it, but lopdf is built without coverage: its parsers are one
# function that takes hours to compile with it. Ours are what is fuzzed.
set -euo pipefail
compiler=$1
shift
if [[ " $* " == *" --crate-name lopdf "* ]]; then
	arguments=()
	for argument in "$@"; do
		case $argument in
		-Cpasses=sancov-module | -Cllvm-args=-sanitizer-coverage* | -Ccodegen-units=1) ;;
		*) arguments+=("$argument") ;;
		esac
	done
	set -- "${arguments[@]}"
fi
exec "$compiler" "$@"
