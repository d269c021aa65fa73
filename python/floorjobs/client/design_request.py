"""What is wanted of a layout, as the JSON text that crosses to the native module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from floorjobs.client.request import json_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from floorjobs.models.values import Json


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
        "solver": {"seed": seed, "alternatives": alternatives},
        "strict": strict,
    }
    if threads is not None:
        request["solver"]["threads"] = threads
    parts = (("source", source), ("site", site), ("rules", rules), ("bom", bom))
    request.update({name: given for name, given in parts if given is not None})
    return json_text("request", request)
