"""Says how large the stripped shared library is, and what makes it up.

Usage: tools/size.py target/release/libfloorjobs.so
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

# How a mangled name tells its crate: `_ZN4core3ptr...`, `_RNvNvNtCsgEmf_4core4hint...`, and for
# what is made for a type, `_ZN87_$LT$floorjobs_core..job..Job$u20$as...`: that of the type.
PATH = re.compile(r"^_ZN(\d+)([A-Za-z]\w*)")
TYPE = re.compile(r"^_ZN\d+_?\$LT\$(?:\$\w\w?\$|mut\$u20\$|dyn\$u20\$|\$u5b\$)*([a-z_0-9]+)")
MODERN = re.compile(r"C(?:s[0-9A-Za-z]*_)?(\d+)_?([A-Za-z_]\w*)")


def crate_of(name: str) -> str:
    """Return the crate that a symbol is of; what is not Rust's is C's."""
    if not name.startswith(("_ZN", "_R")):
        return "the C interface" if name.startswith("fj_") else "C: SQLite and cryptography"
    if found := TYPE.match(name):
        return found[1]
    if found := PATH.match(name) or MODERN.search(name):
        return found[2][: int(found[1])]
    return "other Rust"


def stripped_size(library: Path) -> int:
    """Return how many bytes a library has without its symbols."""
    with tempfile.TemporaryDirectory() as folder:
        stripped = Path(folder) / "stripped.so"
        subprocess.run(["strip", "-o", stripped, library], check=True)
        return stripped.stat().st_size


def main(library: Path) -> None:
    """Print the size and its parts."""
    size = stripped_size(library)
    listing = subprocess.run(
        ["readelf", "-sW", library], capture_output=True, text=True, check=True
    ).stdout
    parts: Counter[str] = Counter()
    seen = set()
    for line in listing.splitlines():
        fields = line.split()
        if len(fields) < 8 or fields[3] not in ("FUNC", "OBJECT") or fields[6] == "UND":
            continue
        if fields[1] not in seen:
            seen.add(fields[1])
            parts[crate_of(fields[7])] += int(fields[2], 0)
    named = sum(parts.values())
    print(f"{library.name}, stripped: {size / 1e6:.1f} MB, of which by name of what it is:")
    shown = parts.most_common(14)
    for name, part in [*shown, ("other crates", named - sum(part for _, part in shown))]:
        print(f"  {name:32} {part / 1e6:6.2f} MB  {100 * part / size:4.1f} %")
    rest = "constants, unwinding, relocations"
    print(f"  {rest:32} {(size - named) / 1e6:6.2f} MB  {100 * (size - named) / size:4.1f} %")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
