"""What a handler's exception says: its sentence, those of the exceptions behind it, and where.

Secrets are kept out of all of it; see `floorjobs.redaction`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from floorjobs.exceptions import FloorjobsError
from floorjobs.outcomes import Outcome
from floorjobs.redaction import hide

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from floorjobs.models import Json

# A longer chain is one that a loop made; the library stores 16 of them, the root included.
_MOST_CAUSES = 1_000

# Some 200 frames; more than that is a recursion.
_LONGEST_TRACE = 16_000

_OUR_FOLDER = str(Path(__file__).parent)


def described(raised: BaseException) -> dict[str, Json]:
    """Return an exception as code, message and causes, nearest first.

    >>> try:
    ...     try:
    ...         {}["page"]
    ...     except KeyError as error:
    ...         raise RuntimeError("no such page") from error
    ... except RuntimeError as error:
    ...     described(error)
    {'code': 'internal', 'message': 'RuntimeError: no such page', 'causes': ["KeyError: 'page'"]}
    """
    return {
        "code": getattr(raised, "code", None) if _is_ours(raised) else "internal",
        "message": sentence(raised),
        "causes": [sentence(cause) for cause in _behind(raised)],
    }


def sentence(raised: BaseException) -> str:
    """Return what an exception says, with the name of its class unless it is one of this library.

    >>> sentence(ValueError("too large")), sentence(KeyboardInterrupt())
    ('ValueError: too large', 'KeyboardInterrupt')
    """
    name = type(raised).__qualname__
    try:
        said = str(raised)
    except Exception:  # noqa: BLE001, a class of the host's that cannot even say what it is
        said = ""
    # What JSON or the database cannot hold, such as half of a surrogate pair.
    said = said.encode("utf-8", "replace").decode()
    if not said:
        return name
    said = hide(said)
    return said if _is_ours(raised) else f"{name}: {said}"


def trace_of(raised: BaseException) -> str | None:
    """Return the traceback of an exception, without the frames of this package that lead to it.

    Of a long one the end, which tells what was raised and where. None if it was never raised.
    """
    begin = raised.__traceback__
    if begin is None:
        return None
    try:
        # Slow to import, and most jobs never fail.
        import traceback

        inner = _without_ours(begin)
        lines = traceback.format_exception(type(raised), raised, inner)
    except Exception:  # noqa: BLE001, an exception of the host's that cannot be shown
        return None
    text = "".join(lines).rstrip("\n").encode("utf-8", "replace").decode()
    return hide(text)[-_LONGEST_TRACE:]


def _without_ours(begin: TracebackType) -> TracebackType:
    """Skip the frames of this package that called the handler; if there is nothing else, none."""
    at: TracebackType | None = begin
    while at is not None and at.tb_frame.f_code.co_filename.startswith(_OUR_FOLDER):
        at = at.tb_next
    return begin if at is None else at


def _is_ours(raised: BaseException) -> bool:
    return isinstance(raised, (FloorjobsError, Outcome))


def _behind(raised: BaseException) -> Iterator[BaseException]:
    """Yield the exceptions behind one, as a traceback would show them."""
    seen = {id(raised)}
    for _ in range(_MOST_CAUSES):
        cause = raised.__cause__
        if cause is None and not raised.__suppress_context__:
            cause = raised.__context__
        if cause is None or id(cause) in seen:
            return
        seen.add(id(cause))
        yield cause
        raised = cause
