"""What include/floorjobs.h declares, and what it says about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

HEADER = Path(__file__).parent.parent / "include" / "floorjobs.h"

DOCUMENTED = r"/\*\*\n(?P<doc>(?:(?! \*/)[^\n]*\n)+?) \*/\n"
FUNCTION = re.compile(
    DOCUMENTED + r"(?P<returns>[\w ]+?[ *]+)(?P<name>fj_\w+)\((?P<of>[^)]*)\);", re.M
)
OPAQUE = re.compile(DOCUMENTED + r"typedef struct (?P<name>fj_\w+) (?P=name);", re.M)
STRUCT = re.compile(
    DOCUMENTED + r"typedef struct (?P<name>fj_\w+) \{\n(?P<of>[^}]*)^\} (?P=name);", re.M
)
CALLBACK = re.compile(DOCUMENTED + r"typedef [\w *]+\(\*(?P<name>fj_\w+)\)\(", re.M)


@dataclass
class Parameter:
    """One parameter: its type without `const` and `struct`, its name, what is said of it."""

    type: str
    name: str
    said: str

    @property
    def is_pointer(self) -> bool:
        return self.type.endswith("*")

    @property
    def may_be_missing(self) -> bool:
        """Whether the header allows NULL, or text that is absent."""
        return re.search(r"NULL (for|if|does)|may be NULL|absent", self.said) is not None


@dataclass
class Function:
    """One function, with the text above it."""

    name: str
    returns: str
    parameters: list[Parameter]
    doc: str


def plain(text: str) -> str:
    """Return the words of a comment in one line."""
    return " ".join(line.removeprefix(" *").strip() for line in text.splitlines()).strip()


def plain_type(text: str) -> str:
    """Return a type without what says nothing about its shape."""
    return re.sub(r"\b(const|struct|enum)\b", "", text).replace(" ", "")


def said_of(doc: str, name: str) -> str:
    """Return what a comment says about a parameter: from its name up to the next one's."""
    # "`client`, `job_id`: borrowed." says the same of both.
    parts = re.split(r"((?:`\w+`(?:, | and )?)+:) ", doc)
    named = zip(parts[1::2], parts[2::2], strict=True)
    return " ".join(said for names, said in named if f"`{name}`" in names)


def functions() -> list[Function]:
    """Return the functions that the header declares."""
    found = []
    for each in FUNCTION.finditer(HEADER.read_text()):
        doc = plain(each["doc"])
        parameters = []
        for one in " ".join(each["of"].split()).split(", "):
            if one == "void":
                continue
            split = re.fullmatch(r"(.*?)(\w+)", one)
            assert split, one
            name = split[2]
            parameters.append(Parameter(plain_type(split[1]), name, said_of(doc, name)))
        found.append(Function(each["name"], plain_type(each["returns"]), parameters, doc))
    return found


def documents(pattern: re.Pattern[str]) -> dict[str, str]:
    """Return the comments of what fits a pattern, by name."""
    return {each["name"]: plain(each["doc"]) for each in pattern.finditer(HEADER.read_text())}
