"""Makes the seed corpora of the fuzz targets from the project's own small inputs."""

from __future__ import annotations

import re
import sys
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "tests" / "data"

# libFuzzer mutates short inputs faster and better; longer ones are cut where they still parse.
MOST_FILE = 40_000
MOST_CONTENT = 4_000

CONTENTS = [
    b"q 1 0 0 1 5 5 cm 2 w [3 1] 0 d 0 0 m 9 9 l 3 3 4 4 5 5 c h S Q",
    b"0 0 50 50 re W n 10 20 m 110 20 l S 0.5 g 1 1 8 8 re f* /Form Do",
    b"BT /F1 10 Tf 1 0 0 1 50 100 Tm (Kitchen) Tj [(12)-300(m\\262)] TJ T* (a) ' ET",
    b"BT /F2 9 Tf <00010002> Tj 2 Tr 50 Tz 3 Ts 1 Tc 2 Tw ET /Im Do",
    b"/OC /Layer BDC 0 0 m 9 9 l S EMC /Pattern cs /P scn 0 0 9 9 re B* /Gs gs",
    b"BI /W 2 /H 2 /BPC 8 /CS /G ID \x00\x01\x02\x03 EI q Q",
    b"/Cs cs 0.1 0.2 sc 0 0 1 RG 1 0 0 0 K 0 0 m 1 2 3 4 v 5 6 7 8 y b",
]

# The parts of an input of `text`: a character map, names of glyphs, and what is shown.
TEXTS = [
    (
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        b"2 beginbfchar <0003> <0020> <0004> <D83DDE00> endbfchar\n"
        b"2 beginbfrange <0010> <0012> <0041> <0020> <0021> [<00660069> <0041>] endbfrange"
        b"\xff\xfe\xff65 eacute uni00B2 g17 -4 x\xff\xfe\xff\x00\x03\x00\x10\x00\x20ABC"
    ),
    (
        b"1 begincidrange <00> <FF> 0 endcidrange 1 begincidchar <41> 7 endcidchar"
        b"\xff\xfe\xff0 A.alt u1F600 Lslash\xff\xfe\xffhello"
    ),
]


def streams(pdf: bytes) -> list[bytes]:
    """The streams of a file that inflate, or are text already."""
    found = []
    for match in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        data = match.group(1)
        try:
            data = zlib.decompress(data)
        except zlib.error:
            if not data.isascii():
                continue
        found.append(data)
    return found


def write(folder: Path, name: str, data: bytes) -> None:
    """Put an input into the corpus of a target."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def main() -> None:
    """Write the corpora into `fuzz/corpus`, or into the folder that is named."""
    corpus = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "fuzz" / "corpus"
    for number, content in enumerate(CONTENTS):
        write(corpus / "content", f"own-{number}", content)
    for number, text in enumerate(TEXTS):
        write(corpus / "text", f"own-{number}", text)
    for file in sorted(DATA.rglob("*.pdf")):
        pdf = file.read_bytes()
        if len(pdf) <= MOST_FILE:
            write(corpus / "ingest", file.stem, pdf)
        for number, stream in enumerate(streams(pdf)):
            if b"begincmap" in stream:
                shown = b"\xff\xfe\xff65 A\xff\xfe\xff\x00\x01\x00\x02\x00\x03"
                write(corpus / "text", f"{file.stem}-{number}", stream[:MOST_CONTENT] + shown)
            elif re.search(rb"\b(re|l|Tj|TJ|Do)\s", stream[:MOST_CONTENT]):
                start = stream[:MOST_CONTENT]
                write(corpus / "content", f"{file.stem}-{number}", start)
    for folder in sorted(corpus.iterdir()):
        print(f"{folder.name}: {len(list(folder.iterdir()))} inputs")


if __name__ == "__main__":
    main()
