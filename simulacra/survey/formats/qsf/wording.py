"""HTML as the plain text that a respondent reads."""

import re
from functools import lru_cache
from html import unescape
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

_LINES = frozenset((
    "p", "div", "li", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "br", "hr",
    "blockquote", "section", "article", "header", "footer", "dt", "dd", "pre", "center",
))  # fmt: skip
_SHOWN = {"img": "image", "video": "video", "audio": "sound", "iframe": "frame", "object": "object",
          "embed": "object", "svg": "image", "canvas": "drawing"}  # fmt: skip
_SCRIPTS = frozenset(("script", "style", "noscript", "template"))
_MAX_TAGS = 5_000  # beyond, tags are cut out: deep nesting takes a parser for ever
_TAG = re.compile(r"<[^<>]*>")
_PIPE = re.compile(r"\$\{[^{}]*\}")


class Wording(NamedTuple):
    """A text, and what of its HTML could not become text: pictures and the like, and scripts."""

    text: str
    pictures: tuple[str, ...] = ()
    scripts: int = 0


@lru_cache(maxsize=4096)
def wording(html: str) -> Wording:
    """The plain text of HTML: blocks on lines of their own, pictures as what describes them."""
    if "<" not in html and "&" not in html:
        return Wording(_tidied(html))
    if html.count("<") > _MAX_TAGS:
        return Wording(_tidied(unescape(_TAG.sub(" ", html))))
    parts: list[str] = []
    pictures: list[str] = []
    scripts = 0
    root = LexborHTMLParser(html).root
    waiting: list[LexborNode | str] = [root] if root else []
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            parts.append(node)
            continue
        tag = node.tag or ""
        if tag == "-text":
            parts.append((node.text_content or "").replace("\n", " "))
        elif tag in _SCRIPTS:
            scripts += tag == "script"
        elif tag in _SHOWN:
            pictures.append(_described(node, _SHOWN[tag]))
            parts.append(pictures[-1])
        else:
            waiting += _opened(node, tag, parts)
    return Wording(_tidied("".join(parts)), tuple(pictures), scripts)


def _opened(node: LexborNode, tag: str, parts: list[str]) -> list[LexborNode | str]:
    """What follows inside a node, last first; a line of its own begins where it has to."""
    end = "\n" if tag in _LINES else " " if tag in ("td", "th") else ""
    parts.append("\n" if tag in _LINES else "")
    return [end, *reversed(list(node.iter(include_text=True)))]


def _described(node: LexborNode, what: str) -> str:
    """A picture in words: its description, the field that names it, or its file."""
    attributes = node.attributes
    source = attributes.get("src") or attributes.get("data") or ""
    pipes = "".join(_PIPE.findall(source))
    name = attributes.get("alt") or attributes.get("title") or ""
    name = f"{name} {pipes}".strip() or source.split("?")[0].rstrip("/").rsplit("/", 1)[-1][:80]
    return f"[{what}: {name.strip()}]" if name.strip() else f"[{what}]"


def _tidied(text: str) -> str:
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
