"""The text of HTML, as a respondent would read it."""

import html
import re
from html.parser import HTMLParser
from pathlib import PurePosixPath

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--|&(?:[a-zA-Z]+|#\d+|#x[0-9a-fA-F]+);")
_LINES = frozenset(("br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol"))
_SILENT = frozenset(("script", "style", "head", "template", "noscript"))
_MEDIA = {"img": "image", "video": "video", "audio": "sound", "iframe": "frame"}


def is_markup(text: str) -> bool:
    """Whether a text holds tags or entities."""
    return bool(_TAG.search(text))


def has_script(text: str) -> bool:
    """Whether a text holds a program or a place to run one."""
    return bool(re.search(r"<\s*(?:script|iframe|object|embed)\b|\son\w+\s*=", text, re.I))


def plain(text: str) -> str:
    """The words of a text in HTML; pictures by their description or file name, scripts left out.

    A text without tags and entities stays as it is, but for blanks around it.
    """
    if not is_markup(text):
        return text.strip()
    reader = _Words()
    reader.feed(text)
    reader.close()
    lines = [" ".join(line.split()) for line in "".join(reader.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def marked(text: str) -> str:
    """A plain text so that ``plain`` gives it back."""
    if not is_markup(text):
        return text
    return html.escape(text, quote=False).replace("\n", "<br/>")


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in _LINES:
            self.parts.append("\n")
        elif tag in _MEDIA:
            given = dict(attrs)
            name = given.get("alt") or PurePosixPath(given.get("src") or "").name
            self.parts.append(f"[{_MEDIA[tag]}{': ' if name else ''}{name}]")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _LINES and tag != "br":
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data.replace("\n", " "))
