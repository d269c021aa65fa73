"""Keeps secrets out of what is stored with a failure.

Exceptions quote what went wrong, and that is now and then a URL with a password, a header with a
key, or a setting. What looks like a secret is replaced by ``***`` before a sentence or a traceback
leaves the process of the handler. It errs on the side of hiding.
"""

from __future__ import annotations

import os
import re

_HIDDEN = "***"

# The names by which secrets go, in settings, headers and queries.
_NAME = (
    r"[\w.-]*(?:passw(?:or)?d|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key|"
    r"private[_-]?key|credential|authorization|signature)[\w.-]*"
)

_IS_SECRET_NAME = re.compile(_NAME, re.IGNORECASE)

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # The password in a URL; it may hold an @ that nobody encoded.
    (re.compile(r"([a-zA-Z][\w+.-]*://[^\s:/@]*):[^\s/]+@"), rf"\1:{_HIDDEN}@"),
    (
        re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*-----|\Z)", re.DOTALL),
        _HIDDEN,
    ),
    # name=value, "name": "value", Name: Bearer value. After a colon a short word is prose.
    (
        re.compile(
            rf"(\b{_NAME}[\"']?\s*(?:=\s*[\"']?|:\s*[\"']?(?=\S{{6}})))"
            r"(?:(?:Bearer|Basic|Digest)\s+)?[^\s\"'&,;)}\]]+",
            re.IGNORECASE,
        ),
        rf"\1{_HIDDEN}",
    ),
    (re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]{8,}"), rf"\1 {_HIDDEN}"),
    # Keys that are known by their first letters: AWS, GitHub, Slack, Stripe and the like, JWT.
    (re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"), _HIDDEN),
    (re.compile(r"\bgh[pousr]_\w{20,}"), _HIDDEN),
    (re.compile(r"\bxox[abprs]-[\w-]{10,}"), _HIDDEN),
    (re.compile(r"\b[sr]k[-_][\w-]{16,}"), _HIDDEN),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"), _HIDDEN),
)

# A shorter value would be found in words that have nothing to do with it.
_SHORTEST_VALUE = 8


def hide(text: str) -> str:
    """Return a text without what looks like a secret.

    >>> hide("cannot reach postgresql://app:hunter2@10.0.0.5/shop")
    'cannot reach postgresql://app:***@10.0.0.5/shop'
    >>> hide("403 for https://api.example.com/v1?page=2&api_key=q8x7w6&size=3")
    '403 for https://api.example.com/v1?page=2&api_key=***&size=3'
    >>> hide("{'X-API-Key': 'q8x7w6v5', 'Accept': 'text/html'}")
    "{'X-API-Key': '***', 'Accept': 'text/html'}"
    >>> hide("no token: stop")
    'no token: stop'
    """
    for value in _secrets_of_environment():
        text = text.replace(value, _HIDDEN)
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


def _secrets_of_environment() -> list[str]:
    """Return the values of settings whose names say that they are secret, the longest first."""
    values = {
        value
        for name, value in os.environ.items()
        if len(value) >= _SHORTEST_VALUE and _IS_SECRET_NAME.search(name)
    }
    return sorted(values, key=len, reverse=True)
