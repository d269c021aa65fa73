#!/usr/bin/env python3
"""Makes core/src/ingest/glyphs/templates.txt: what letters look like, for text drawn as curves.

usage: glyph_templates.py > core/src/ingest/glyphs/templates.txt   (needs fontTools and numpy)

One line per letter and font: the letter, its width, top and bottom over the base line in
thousandths of the height of an H, and its coverage of a grid of 12 x 12 cells laid over its own
box, row by row from the top, a hexadecimal digit per cell. Outlines are not kept; nothing can be
set in type with this table.

Fonts, by Debian package:
  fonts-dejavu-core, fonts-dejavu-extra  DejaVu, Bitstream Vera licence and public domain
  fonts-liberation2                      Liberation 2, SIL Open Font License 1.1
  hershey-fonts-data                     Hershey. The Hershey Fonts were originally created by
      Dr. A. V. Hershey while working at the U. S. National Bureau of Standards. The format of
      the font data was originally created by James Hurt, Cognition, Inc.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont

Point = tuple[float, float]
Box = tuple[float, float, float, float]
Cells = Any  # a numpy array of 12 x 12 floats

GRID, SUB = 12, 4
PEN = 0.12  # width of the pen that stroke fonts are drawn with, in heights of an H
CHARS = (
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    ".,:;'\"-=/()+&@#%²³°\u00d7ÄÖÜäöüßÉéèêàçñóíáôøåúã"
)
DEJAVU = "/usr/share/fonts/truetype/dejavu/"
LIBERATION = "/usr/share/fonts/truetype/liberation2/"
MORE = [  # without accents, to keep the table small
    DEJAVU + "DejaVuSans-ExtraLight.ttf",
    DEJAVU + "DejaVuSerif.ttf",
    LIBERATION + "LiberationSerif-Bold.ttf",
]
OUTLINE = [
    DEJAVU + "DejaVuSans.ttf",
    DEJAVU + "DejaVuSans-Bold.ttf",
    DEJAVU + "DejaVuSansCondensed.ttf",
    LIBERATION + "LiberationSans-Regular.ttf",
    LIBERATION + "LiberationSans-Bold.ttf",
    LIBERATION + "LiberationSans-Italic.ttf",
    LIBERATION + "LiberationSerif-Regular.ttf",
    LIBERATION + "LiberationMono-Regular.ttf",
]
STROKE = ["/usr/share/hershey-fonts/futural.jhf"]


def flat(pen: DecomposingRecordingPen) -> list[list[Point]]:
    """Return the contours of a recorded glyph as polygons; y up."""
    contours: list[list[Point]] = []
    points: list[Point] = []
    for verb, args in pen.value:
        if verb == "moveTo":
            points = [args[0]]
        elif verb == "lineTo":
            points.append(args[0])
        elif verb == "qCurveTo":
            controls, last = list(args[:-1]), args[-1]
            if last is None:  # a contour of control points alone begins between two of them
                (ax, ay), (bx, by) = controls[-1], controls[0]
                last = ((ax + bx) / 2, (ay + by) / 2)
                points = [last]
            for i, control in enumerate(controls):
                end = last
                if i + 1 < len(controls):
                    following = controls[i + 1]
                    end = ((control[0] + following[0]) / 2, (control[1] + following[1]) / 2)
                start = points[-1]
                for step in range(1, 9):
                    t = step / 8
                    points.append(
                        tuple(
                            (1 - t) ** 2 * start[k] + 2 * t * (1 - t) * control[k] + t * t * end[k]
                            for k in (0, 1)
                        )
                    )
        elif verb == "curveTo":
            start, (a, b, c) = points[-1], args
            for step in range(1, 9):
                t = step / 8
                points.append(
                    tuple(
                        (1 - t) ** 3 * start[k]
                        + 3 * t * (1 - t) ** 2 * a[k]
                        + 3 * t * t * (1 - t) * b[k]
                        + t**3 * c[k]
                        for k in (0, 1)
                    )
                )
        elif verb in ("closePath", "endPath") and len(points) > 2:
            contours.append(points)
    return contours


def filled(contours: list[list[Point]], box: Box) -> Cells:
    """Return the coverage of the cells of the box by the inside of the contours, even-odd."""
    x0, y0, x1, y1 = box
    cells = np.zeros((GRID, GRID))
    width, height = max(x1 - x0, 1e-9), max(y1 - y0, 1e-9)
    for row in range(GRID * SUB):
        y = y1 - (row + 0.5) / (GRID * SUB) * height
        crossings = []
        for points in contours:
            for (ax, ay), (bx, by) in zip(points, points[1:] + points[:1], strict=True):
                if (ay <= y) != (by <= y):
                    crossings.append(ax + (y - ay) / (by - ay) * (bx - ax))
        crossings.sort()
        for a, b in zip(crossings[::2], crossings[1::2], strict=False):
            left, right = (a - x0) / width * GRID, (b - x0) / width * GRID
            for column in range(GRID):
                cover = min(right, column + 1) - max(left, column)
                if cover > 0:
                    cells[row // SUB, column] += cover / SUB
    return cells


def stroked(lines: list[list[Point]], box: Box, radius: float) -> Cells:
    """Return the coverage of the cells of the box by a round pen along the lines."""
    x0, y0, x1, y1 = box
    cells = np.zeros((GRID, GRID))
    n = GRID * SUB
    xs = x0 + (np.arange(n) + 0.5) / n * (x1 - x0)
    ys = y1 - (np.arange(n) + 0.5) / n * (y1 - y0)
    px, py = np.meshgrid(xs, ys)
    near = np.zeros_like(px, dtype=bool)
    for points in lines:
        for (ax, ay), (bx, by) in zip(points, points[1:] or points, strict=False):
            dx, dy = bx - ax, by - ay
            length = dx * dx + dy * dy
            t = np.clip(((px - ax) * dx + (py - ay) * dy) / length, 0, 1) if length else 0
            near |= np.hypot(px - ax - t * dx, py - ay - t * dy) <= radius
    for row in range(GRID):
        for column in range(GRID):
            cells[row, column] = near[
                row * SUB : (row + 1) * SUB, column * SUB : (column + 1) * SUB
            ].mean()
    return cells


def box_of(contours: list[list[Point]], grow: float = 0.0) -> Box:
    """Return the box around all points, grown on each side."""
    xs = [p[0] for c in contours for p in c]
    ys = [p[1] for c in contours for p in c]
    return min(xs) - grow, min(ys) - grow, max(xs) + grow, max(ys) + grow


def line(char: str, box: Box, cap: float, cells: Cells) -> None:
    """Print what one letter looks like."""
    x0, y0, x1, y1 = box
    numbers = [round(1000 * value / cap) for value in (x1 - x0, y1, y0)]
    digits = "".join(f"{min(15, round(value * 15)):x}" for value in cells.flat)
    print(char, *numbers, digits)


def outline_font(path: str, chars: str) -> None:
    """Print letters of a font of outlines."""
    font = TTFont(path)
    glyphs, cmap = font.getGlyphSet(), font.getBestCmap()

    def contours(char: str) -> list[list[Point]]:
        pen = DecomposingRecordingPen(glyphs)
        glyphs[cmap[ord(char)]].draw(pen)
        return flat(pen)

    cap = box_of(contours("H"))[3]
    for char in chars:
        if ord(char) in cmap:
            shape = contours(char)
            box = box_of(shape)
            line(char, box, cap, filled(shape, box))


def stroke_font(path: str) -> None:
    """Print the letters of a Hershey font, which is drawn by strokes."""
    data = Path(path).read_text().replace("\n", "")
    glyphs, at = [], 0
    while at + 8 <= len(data):
        count = int(data[at + 5 : at + 8])
        pairs = data[at + 8 : at + 8 + 2 * count]
        at += 8 + 2 * count
        lines, points = [], []
        for i in range(2, len(pairs), 2):
            if pairs[i : i + 2] == " R":
                lines.append(points)
                points = []
            else:
                points.append((ord(pairs[i]) - ord("R"), ord("R") - ord(pairs[i + 1])))
        lines.append(points)
        glyphs.append([part for part in lines if part])
    base = box_of(glyphs[ord("H") - 32])[1]
    cap = box_of(glyphs[ord("H") - 32])[3] - base
    radius = PEN * cap / 2
    for char in CHARS:
        code = ord(char) - 32
        if 0 < code < len(glyphs) and code < 95 and glyphs[code]:
            shape = [[(x, y - base) for x, y in part] for part in glyphs[code]]
            box = box_of(shape, radius)
            # Widths and heights are those of the lines themselves, as the pen is not known.
            x0, y0, x1, y1 = box_of(shape)
            line(char, (x0, y0, x1, y1), cap, stroked(shape, box, radius))


def main() -> None:
    """Print the table."""
    made = "// Made by tools/glyph_templates.py from the ink of these fonts; "
    print(made + "no outlines are kept.")
    print("// DejaVu: Bitstream Vera licence. Liberation: SIL Open Font License 1.1.")
    print("// The Hershey Fonts were originally created by Dr. A. V. Hershey while working at the")
    print(
        "// U. S. National Bureau of Standards. The format of their data was originally created by"
    )
    print("// James Hurt, Cognition, Inc., 900 Technology Park Drive, Billerica, MA 01821")
    print("// (mit-eddie!ci-dandelion!hurt).")
    for path in OUTLINE:
        print("// outline", Path(path).stem)
        outline_font(path, CHARS)
    for path in MORE:
        print("// outline", Path(path).stem)
        outline_font(path, CHARS[: CHARS.index("Ä")])
    for path in STROKE:
        print("// stroke", Path(path).stem)
        stroke_font(path)


if __name__ == "__main__":
    main()
