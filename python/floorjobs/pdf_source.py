"""Where the bytes of a PDF come from: a path, bytes, or a file that is open."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from floorjobs import _floorjobs as native

if TYPE_CHECKING:
    from typing import Protocol

    class BinaryFile(Protocol):
        """A file that is open for reading in binary mode."""

        def read(self, size: int, /) -> bytes:
            """Return at most this many bytes."""

    PdfSource: TypeAlias = bytes | bytearray | memoryview | str | os.PathLike[str] | BinaryFile


def read_pdf(pdf: PdfSource) -> tuple[bytes, str | None]:
    """Return the bytes of a PDF, one more than the limit at most, and the name of its file."""
    if isinstance(pdf, (bytes, bytearray, memoryview)):
        return bytes(pdf), None
    most = native.max_pdf_bytes() + 1
    if isinstance(pdf, (str, os.PathLike)):
        path = Path(pdf)
        with path.open("rb") as file:
            return file.read(most), path.name
    read = getattr(pdf, "read", None)
    content: Any = read(most) if callable(read) else None
    if not isinstance(content, bytes):
        raise TypeError("`pdf` must be a path, bytes, or a file that is open in binary mode")
    name = getattr(pdf, "filename", None) or getattr(pdf, "name", None)
    return content, os.path.basename(name) if isinstance(name, str) else None  # noqa: PTH119
