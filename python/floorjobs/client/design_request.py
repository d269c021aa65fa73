"""What is wanted of a layout, as the JSON text that crosses to the native module."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Literal, get_args

from floorjobs.client.request import json_text
from floorjobs.exceptions import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from floorjobs.models.values import Json


Effort = Literal["fast", "normal", "thorough"]
EFFORTS: tuple[str, ...] = get_args(Effort)
"""How long a layout may be searched for."""


def design_request(
    *,
    prompt: str | None,
    program: Mapping[str, Json] | None,
    source: Mapping[str, Json] | None,
    site: Mapping[str, Json] | None,
    rules: Mapping[str, Json] | None,
    bom: Mapping[str, Json] | None,
    alternatives: int,
    threads: int | None,
    seed: int,
    effort: Effort,
    strict: bool,
) -> str:
    """Put the arguments of `generate` together; what they mean is for the native module to say.

    Raises:
        InvalidInputError: Something has no JSON form.
    """
    wanted = dict(program or {})
    if prompt is not None:
        wanted["prompt"] = prompt
    request: dict[str, Any] = {
        "program": wanted,
        "solver": {"seed": seed, "effort": effort, "alternatives": alternatives},
        "strict": strict,
    }
    if threads is not None:
        request["solver"]["threads"] = threads
    parts = (("source", source), ("site", site), ("rules", rules), ("bom", bom))
    request.update({name: given for name, given in parts if given is not None})
    return json_text("request", request)


# Where an argument of `generate` stands in the request that is made of all of them.
_PLACES = (
    ("source.graph", "spatial_graph"),
    ("source.floorplan", "floorplan"),
    ("solver.", ""),
)


@contextlib.contextmanager
def in_words_of_the_caller(prompt: str | None) -> Iterator[None]:
    """Have an error name the argument that was given, and the path in it, as the caller knows it.

    Args:
        prompt: The argument; without it, words stand in the programme.
    """
    try:
        yield
    except InvalidInputError as error:
        places = _PLACES if prompt is None else (*_PLACES, ("program.prompt", "prompt"))
        field = error.field or ""
        for inner, outer in places:
            if field.startswith(inner):
                given = outer + field.removeprefix(inner)
                sentence = str(error).replace(f"`{field}`", f"`{given}`")
                raise type(error)(sentence, given) from error.__cause__
        raise
