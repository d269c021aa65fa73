#!/usr/bin/env bash
# Writes the type stubs of the native module from what the built module says of itself; with
# --check compares them with the committed ones, and both with the module at run time.
set -euo pipefail
cd "$(dirname "$0")/.."

committed=python/floorjobs/_floorjobs.pyi
out="$(mktemp -d)"
trap 'rm -rf "$out"' EXIT
.venv/bin/maturin generate-stubs --quiet --interpreter .venv/bin/python --out "$out" >/dev/null 2>"$out/log" ||
  { cat "$out/log" >&2; exit 1; }
made="$(find "$out" -name '*.pyi')"
{ echo "# Generated from python/src by: make stubs"; cat "$made"; } >"$out/_floorjobs.pyi"
.venv/bin/ruff format --quiet --config pyproject.toml "$out/_floorjobs.pyi"

if [ "${1:-}" != "--check" ]; then
  cp "$out/_floorjobs.pyi" "$committed"
  exit 0
fi
diff -u "$committed" "$out/_floorjobs.pyi" || { echo "stale stubs; run: make stubs" >&2; exit 1; }
.venv/bin/python -m mypy.stubtest --concise floorjobs._floorjobs
