#!/usr/bin/env python3
"""Packs core/src/ingest/glyphs/templates.txt into templates.bin beside it, ready to be compared.

usage: pack_glyph_templates.py   (after glyph_templates.py has made a new table)

Reading the text takes longer than reading most plans. What is packed, of all letters in the order
of top, bottom and width: first the ink of each, a byte for each of 12 x 12 cells, blurred as
raster.rs says; then the sums of the ink in 4 x 4 fields, as 16 bit numbers; then width, top and
bottom in thousandths of the height of an H, as signed 16 bit numbers; then the letters, as 32 bit
numbers. Numbers begin with their lowest byte. A test holds the two files against each other.
"""

from __future__ import annotations

import struct
from pathlib import Path

GRID, FIELDS = 12, 4
TABLE = Path(__file__).resolve().parent.parent / "core/src/ingest/glyphs/templates.txt"


def blurred(cells: list[int]) -> bytes:
    """Return cells in fifteenths spread over their neighbours; beyond the border they go on."""

    def cell(row: int, column: int) -> int:
        inside = (min(max(at, 0), GRID - 1) for at in (row, column))
        return cells[next(inside) * GRID + next(inside)]

    weights = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    return bytes(
        sum((2 - abs(y)) * (2 - abs(x)) * cell(row + y, column + x) for y, x in weights)
        for row in range(GRID)
        for column in range(GRID)
    )


def sums(ink: bytes) -> list[int]:
    """Return the ink in each of the fields."""
    fields = [0] * FIELDS**2
    for at, amount in enumerate(ink):
        row, column = at // GRID * FIELDS // GRID, at % GRID * FIELDS // GRID
        fields[row * FIELDS + column] += amount
    return fields


def main() -> None:
    """Write the packed table."""
    letters = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("//"):
            letter, width, top, bottom, digits = line.split(" ")
            ink = blurred([int(digit, 16) for digit in digits])
            letters.append(((int(top), int(bottom), int(width)), letter, ink))
    letters.sort(key=lambda row: row[0])
    packed = b"".join(ink for _, _, ink in letters)
    packed += b"".join(struct.pack("<16H", *sums(ink)) for _, _, ink in letters)
    for (top, bottom, width), _, _ in letters:
        packed += struct.pack("<3h", width, top, bottom)
    packed += b"".join(struct.pack("<I", ord(letter)) for _, letter, _ in letters)
    TABLE.with_suffix(".bin").write_bytes(packed)


if __name__ == "__main__":
    main()
