"""The files of OpenAI's Batch API: a line for each request, a line for each result."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

ENDPOINT: Final = "/v1/chat/completions"
MOST = 50_000
"""Requests that one file may hold."""

MOST_BYTES = 200_000_000
"""Bytes that one file may hold."""


def lines_of(requests: Sequence[tuple[str, Mapping[str, Any]]]) -> list[bytes]:
    """Names and bodies as lines; each is named after its request and its place among them."""
    found = []
    for number, (name, body) in enumerate(requests):
        line = {
            "custom_id": f"{name}-{number}",
            "method": "POST",
            "url": ENDPOINT,
            "body": body,
        }
        # In ASCII, for there are servers that take U+2028 for the end of a line.
        found.append(json.dumps(line).encode() + b"\n")
    return found


def that_fit(sizes: Iterable[int]) -> int:
    """How many of the first requests, by their bytes, go into one file; one at least."""
    room, many = MOST_BYTES, 0
    for size in sizes:
        room -= size
        if many == MOST or (many and room < 0):
            break
        many += 1
    return many


def results_of(content: bytes) -> dict[str, dict[str, Any]]:
    """The results in a file by the id of their request, the first of each that is a good one.

    A line that cannot be read tells nothing: its request counts as not answered.
    """
    found: dict[str, dict[str, Any]] = {}
    for text in content.split(b"\n"):
        try:
            line = json.loads(text)
        except (ValueError, RecursionError):
            continue
        if isinstance(line, dict) and isinstance(line.get("custom_id"), str):
            known = found.get(line["custom_id"])
            if known is None or (is_good(line) and not is_good(known)):
                found[line["custom_id"]] = line
    return found


def is_good(line: Mapping[str, Any]) -> bool:
    """Whether a result holds an answer."""
    response = response_of(line)
    return response.get("status_code") == 200 and isinstance(response.get("body"), dict)


def response_of(line: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the server answered, with ``status_code`` and ``body``; empty where it did not."""
    response = line.get("response")
    return response if isinstance(response, dict) else {}


def name_in(custom_id: str) -> str:
    """The name of the request with this id."""
    return custom_id.rpartition("-")[0]
