"""Reading plans, beside PyMuPDF with the algorithm of the older application, and pypdfium2.

Each reader reads each file in a process of its own, several times; a time is the median of its
readings in processor time, which other programs on the machine disturb least, without the start of
the process. A second table has whole processes instead, one for each reading, by the clock from
the start to the answer, as somebody at a terminal waits for it. The older algorithm is that of
`get_drawings`: every stroked line or rectangle at least 1.5 pt wide is a wall, and one whose ends
lie within 2 pt of another's is a duplicate.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import venv
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
REQUIREMENTS = Path(__file__).parent / "readers" / "requirements.txt"
EXAMPLES = TARGET / "release" / "examples"
PROGRAM = EXAMPLES / "time_ingest"
READER = EXAMPLES / "read_plan"
INGEST = ("-m", "floorjobs", "ingest", "--json")
CURVE = (25_000, 50_000, 100_000, 200_000, 400_000, 800_000)

# What runs in the processes of the other readers: the file and how often, JSON out.
OLD_ALGORITHM = """
import json, resource, sys, time
import pymupdf

def walls(path):
    segments = []
    with pymupdf.open(path) as document:
        for page in document:
            for drawing in page.get_drawings():
                width = drawing.get("width") or 0
                if "s" not in drawing["type"] or width < 1.5:
                    continue
                for item in drawing["items"]:
                    if item[0] == "l":
                        ends = [(item[1], item[2])]
                    elif item[0] == "re":
                        r = item[1]
                        ends = [(r.tl, r.tr), (r.tr, r.br), (r.br, r.bl), (r.bl, r.tl)]
                    else:
                        continue
                    segments += [(a.x, a.y, b.x, b.y) for a, b in ends]
    kept = []
    for segment in segments:
        x1, y1, x2, y2 = segment
        for a, b, c, d in kept:
            if abs(a - x1) <= 2 and abs(b - y1) <= 2 and abs(c - x2) <= 2 and abs(d - y2) <= 2:
                break
            if abs(a - x2) <= 2 and abs(b - y2) <= 2 and abs(c - x1) <= 2 and abs(d - y1) <= 2:
                break
        else:
            kept.append(segment)
    return len(kept)

times, found = [], 0
for _ in range(int(sys.argv[2])):
    start = time.process_time()
    found = walls(sys.argv[1])
    times.append(1e3 * (time.process_time() - start))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"ms": times, "found": found, "peak_kib": peak}))
"""

PYPDFIUM2 = """
import ctypes, json, resource, sys, time
import pypdfium2
from pypdfium2 import raw

def points(path, walk):
    x, y, count = ctypes.c_float(), ctypes.c_float(), 0
    document = pypdfium2.PdfDocument(path)
    for number in range(len(document)):
        page = document[number]
        for item in page.get_objects(max_depth=32):
            if item.type != raw.FPDF_PAGEOBJ_PATH:
                continue
            segments = raw.FPDFPath_CountSegments(item)
            count += segments
            if walk:
                for index in range(segments):
                    segment = raw.FPDFPath_GetPathSegment(item, index)
                    raw.FPDFPathSegment_GetPoint(segment, x, y)
        text = page.get_textpage()
        text.get_text_range()
        text.close()
        page.close()
    document.close()
    return count

times, found = [], 0
for _ in range(int(sys.argv[2])):
    start = time.process_time()
    found = points(sys.argv[1], sys.argv[3] == "walk")
    times.append(1e3 * (time.process_time() - start))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"ms": times, "found": found, "peak_kib": peak}))
"""


def main() -> None:
    """Measure, and print the tables."""
    options = _options()
    for example in (PROGRAM, READER):
        if example in (options.program, options.reader):
            command = ["cargo", "build", "--quiet", "--release", "-p", "floorjobs-core"]
            command += ["--no-default-features", "--example", example.name]
            subprocess.run(command, cwd=ROOT, check=True)
    python = _environment()
    cores, load = os.cpu_count(), os.getloadavg()[0]
    print(f"{cores} cores, load {load:.1f}, Python {platform.python_version()}, ", end="")
    print(", ".join(line for line in REQUIREMENTS.read_text().split() if "==" in line) + "\n")
    if not options.curve and not options.processes:
        _plans(options, python)
    if not options.curve:
        _processes(options, python)
    if not options.plans_only and not options.processes:
        _curve(options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("plans", nargs="*", type=Path, help="files or folders (those of the tests)")
    parser.add_argument("--repeat", type=int, default=5, help="readings of each file (5)")
    parser.add_argument("--slowest", type=float, default=60, help="seconds for one reader (60)")
    parser.add_argument(
        "--program", type=Path, default=PROGRAM, help="another build of time_ingest"
    )
    parser.add_argument("--reader", type=Path, default=READER, help="another build of read_plan")
    parser.add_argument("--per-file", action="store_true", help="a line for every plan")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--plans-only", action="store_true", help="not the pages of many lines")
    only.add_argument("--processes", action="store_true", help="only whole processes")
    only.add_argument("--curve", action="store_true", help="only the pages of many lines")
    options = parser.parse_args()
    if not options.plans:
        shared = ROOT.parent / "shared" / "plans" / "dev"
        options.plans = [shared if shared.is_dir() else ROOT / "tests" / "data" / "plans"]
    return options


def _environment() -> str:
    """Return a Python that has the other readers, installed as their file pins them."""
    place = TARGET / "readers"
    wanted = REQUIREMENTS.read_text()
    ready = place / ".ready"
    if not ready.exists() or ready.read_text() != wanted:
        print(f"installing the other readers into {place}", file=sys.stderr)
        venv.create(place, clear=True, with_pip=True)
        command = [str(place / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        command += ["--disable-pip-version-check", "-r", str(REQUIREMENTS)]
        subprocess.run(command, check=True)
        ready.write_text(wanted)
    return str(place / "bin" / "python")


def _measure(command: list[str], limit: float) -> dict | None:
    """Return what one reader says of one file; None when it is too slow or gives up."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=True)
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        return None
    told = json.loads(done.stdout.splitlines()[-1])
    return told | {"median": statistics.median(told["ms"])}


def _ours(program: Path, file: Path, repeat: int, *extra: str) -> dict | None:
    return _measure([str(program), *extra, "--repeat", str(repeat), str(file)], 120)


def _files(options: argparse.Namespace) -> list[Path]:
    files: list[Path] = []
    for place in options.plans:
        files += sorted(place.rglob("*.pdf")) if place.is_dir() else [place]
    return files


def _plans(options: argparse.Namespace, python: str) -> None:
    files = _files(options)
    readers = ("ingest", "old algorithm", "drawing", "pypdfium2, walked", "pypdfium2, loaded")
    rows = []
    for file in files:
        name, repeat = str(file), str(options.repeat)
        told = (
            _ours(options.program, file, options.repeat),
            _measure([python, "-c", OLD_ALGORITHM, name, repeat], options.slowest),
            _ours(options.program, file, options.repeat, "--drawing"),
            _measure([python, "-c", PYPDFIUM2, name, repeat, "walk"], options.slowest),
            _measure([python, "-c", PYPDFIUM2, name, repeat, "load"], options.slowest),
        )
        # A plan that one of them cannot read says nothing about speed.
        if all(told) and "error" not in told[0]["found"]:
            rows.append((file.stem, dict(zip(readers, told, strict=True))))
        else:
            print(f"left out: {file.stem}", file=sys.stderr)
    if options.per_file:
        print("| plan | ingest | old algorithm | drawing | pypdfium2 |\n|---|---:|---:|---:|---:|")
        for stem, row in rows:
            shown = (f"{row[name]['median']:.1f} ms" for name in readers[:4])
            print(f"| {stem} | {' | '.join(shown)} |")
        print()
    print(f"| {len(rows)} plans | median | slowest | peak memory, median | largest |")
    print("|---|---:|---:|---:|---:|")
    for name in readers:
        times = [row[name]["median"] for _, row in rows]
        peaks = [row[name]["peak_kib"] / 1024 for _, row in rows]
        print(f"| {name} | {statistics.median(times):.2f} ms | {max(times):.1f} ms ", end="")
        print(f"| {statistics.median(peaks):.0f} MiB | {max(peaks):.0f} MiB |")
    print("\n| how many times faster, plan by plan | median | worst | goal |\n|---|---:|---:|---:|")
    for ours, theirs, goal in (
        ("ingest", "old algorithm", "5"),
        ("drawing", "pypdfium2, walked", "3"),
        ("drawing", "pypdfium2, loaded", ""),
    ):
        ratios = [row[theirs]["median"] / row[ours]["median"] for _, row in rows]
        median, worst = statistics.median(ratios), min(ratios)
        print(f"| {ours} against {theirs} | {median:.1f} x | {worst:.1f} x | {goal} |")
    gaps = [row["ingest"]["checks"] for _, row in rows]
    longest = max(gaps, key=lambda gap: gap["longest_gap_ms"])
    print(f"\nThe longest wait of a cancel on these: {longest['longest_gap_ms']:.1f} ms ", end="")
    print(f"({longest['stage']}).\n")


def _processes(options: argparse.Namespace, python: str) -> None:
    """Print how long a whole process takes to read a plan, by the clock."""
    commands = {
        "a native program (`read_plan`)": [str(options.reader), "{}"],
        "`python -m floorjobs ingest --json`": [sys.executable, *INGEST, "{}"],
        "Python that imports PyMuPDF and reads nothing": [python, "-c", "import pymupdf"],
        "Python with PyMuPDF and the old algorithm": [python, "-c", OLD_ALGORITHM, "{}", "1"],
    }
    rows: list[dict[str, float]] = []
    for file in _files(options):
        row = {name: _waited(words, file, options) for name, words in commands.items()}
        if all(row.values()):
            rows.append(row)
        else:
            print(f"left out: {file.stem}", file=sys.stderr)
    *ours, _, old = commands
    print(f"| whole processes, {len(rows)} plans | median | slowest | ", end="")
    print("the old algorithm takes so many times as long | worst | goal |")
    print("|---|---:|---:|---:|---:|---:|")
    for name in commands:
        waits = [row[name] for row in rows]
        print(f"| {name} | {statistics.median(waits):.0f} ms | {max(waits):.0f} ms ", end="")
        ratios = [row[old] / row[name] for row in rows]
        told = f"{statistics.median(ratios):.1f} x | {min(ratios):.1f} x | 5"
        print(f"| {told if name in ours else ' | | '} |")
    print()


def _waited(words: list[str], file: Path, options: argparse.Namespace) -> float:
    """Return the median wait for a process in ms; 0 when it fails or is too slow."""
    # Python keeps what it compiled, as it does where it is installed.
    environment = {
        name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
    }
    command = [str(file) if word == "{}" else word for word in words]
    waits = []
    # The first run brings the program and its libraries into memory, and does not count.
    for _ in range(1 + options.repeat):
        start = time.perf_counter()
        try:
            subprocess.run(
                command,
                capture_output=True,
                timeout=options.slowest,
                check=True,
                env=environment,
            )
        except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
            return 0.0
        waits.append(1e3 * (time.perf_counter() - start))
    return statistics.median(waits[1:])


def lines(count: int) -> bytes:
    """Return a PDF of one page with so many thin lines, much as a dense CAD drawing has them."""
    state, content = 1, ["0.1 w"]
    for _ in range(count):
        drawn = []
        for span in (2300, 1600, 60):
            state = (1103515245 * state + 12345) % 2**31
            drawn.append(state / 2**31 * span)
        x, y, length = drawn
        # Two of three lines are upright, as in buildings.
        dx, dy = ((length, 0), (0, length), (length, length / 3))[state // 7 % 3]
        content.append(f"{x:.2f} {y:.2f} m {x + dx:.2f} {y + dy:.2f} l S")
    data = zlib.compress("\n".join(content).encode())
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 2384 1684]/Contents 4 0 R>>",
        b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(data), data),
    ]
    file, places = b"%PDF-1.7\n", []
    for number, item in enumerate(objects, start=1):
        places.append(len(file))
        file += b"%d 0 obj%s endobj\n" % (number, item)
    table = len(file)
    file += b"xref\n0 5\n0000000000 65535 f \n"
    file += b"".join(b"%010d 00000 n \n" % place for place in places)
    return file + b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % table


def _curve(options: argparse.Namespace) -> None:
    print(
        "| lines on a page | drawing | ingest | per line | peak memory | longest wait of a cancel |"
    )
    print("|---:|---:|---:|---:|---:|---:|")
    repeat = max(1, options.repeat // 2)
    with tempfile.TemporaryDirectory() as folder:
        for count in CURVE:
            file = Path(folder) / f"{count}.pdf"
            file.write_bytes(lines(count))
            drawing = _ours(options.program, file, repeat, "--drawing")
            whole = _ours(options.program, file, repeat)
            if not drawing or not whole:
                print(f"| {count:,} | | more than two minutes | | | |")
                continue
            gap = whole["checks"]
            print(f"| {count:,} | {drawing['median']:.0f} ms | {whole['median']:.0f} ms ", end="")
            print(f"| {1e3 * whole['median'] / count:.2f} µs ", end="")
            print(f"| {whole['peak_kib'] / 1024:.0f} MiB ", end="")
            print(f"| {gap['longest_gap_ms']:.0f} ms ({gap['stage']}) |")


if __name__ == "__main__":
    main()
