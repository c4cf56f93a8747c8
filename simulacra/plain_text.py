"""Text as it may come in: without the characters by which it could steer a terminal."""

import re
from pathlib import Path

from simulacra.errors import InputError

# C0 and C1 but tab and line feed.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_BREAK = re.compile(r"[\t\n\u2028\u2029]")


def control_in(text: str) -> str | None:
    """How the first control character of a text is written, as in "U+001B"; None without one.

    Tabs and line feeds are none.
    """
    found = _CONTROL.search(text)
    return f"U+{ord(found.group()):04X}" if found else None


def without_control(text: str) -> str:
    """The text without its control characters; tabs and line feeds stay."""
    return _CONTROL.sub("", text)


def one_line(
    text: str,
    what: str,
    *,
    path: Path | None = None,
    line: int | None = None,
    field: str | None = None,
) -> str:
    """The text, which has to be a single line of plain text; ``what`` names it in the message.

    Raises:
        InputError: it holds a control character, a tab or a line break.
    """
    found = control_in(text)
    if found is None and _BREAK.search(text):
        found = "a line break or a tab"
    elif found:
        found = f"the control character {found}"
    if found:
        message = f"{what} has {found} in it: write it as one line of plain text"
        raise InputError(message, path=path, line=line, field=field)
    return text
