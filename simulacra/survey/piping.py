"""Earlier answers and fields in a text: ``${name}`` and ``${name|how}``.

==================  ========================================================================
``${q1}``           labels of the chosen options, the number or the text; a field's value
``${q1|code}``      codes instead of labels
``${q1|unchosen}``  labels of the options that were not chosen
``${q1|words}``     what was said with options such as "other"
``${q1|part:3}``    rank, share or words of option 3
``${q1|text}``      the wording of the question itself
``${loop|name}``    a field of the round of a loop (filled when the instrument is unrolled)
``${random|1|10}``  a whole number drawn for this respondent, the same wherever it is written alike
==================  ========================================================================

Where there is no answer, nothing stands in its place. ``$${`` is a literal ``${``.
"""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from simulacra.domain.answer import Answer, Response
from simulacra.domain.survey import Item, Option
from simulacra.seeds import seed_of
from simulacra.survey.expression import Part
from simulacra.survey.values import text as text_of

_PIPE = re.compile(r"\$\$\{|\$\{([A-Za-z][\w.]*)((?:\|[^{}|]*)*)\}")
LOOP, RANDOM = "loop", "random"


class Pipe(NamedTuple):
    """A pipe in a text: the item or field, and how it is shown."""

    name: str
    how: tuple[str, ...] = ()


def pipes_of(text: str) -> list[Pipe]:
    """The pipes of a text in order."""
    return [_pipe(found) for found in _PIPE.finditer(text) if found[1]]


def parts_of(text: str) -> list[str | Pipe]:
    """The pipes of a text and what stands around them, in order; a literal ``${`` is text."""
    parts: list[str | Pipe] = []
    at = 0
    for found in _PIPE.finditer(text):
        if found[1]:
            parts += [text[at : found.start()], _pipe(found)]
            at = found.end()
    parts.append(text[at:])
    plain = (part.replace("$${", "${") if isinstance(part, str) else part for part in parts)
    return [part for part in plain if part]


def escaped(text: str) -> str:
    """A text in which nothing is taken for a pipe."""
    return text.replace("${", "$${")


def replaced(text: str, by: Callable[[Pipe], str | None]) -> str:
    """The text with each pipe replaced; a pipe for which there is None stays as it is."""

    def instead(found: re.Match[str]) -> str:
        new = by(_pipe(found)) if found[1] else None
        return found[0] if new is None else new

    return _PIPE.sub(instead, text)


def fill(
    text: str, items: Mapping[str, Item], responses: Mapping[str, Response], *, seed: int = 0
) -> str:
    """The text as one respondent sees it; ``seed`` decides what ``random`` draws."""
    if "${" not in text:
        return text

    def value(pipe: Pipe) -> str:
        if pipe.name == RANDOM:
            return _drawn(pipe, seed)
        return _shown(pipe, items.get(pipe.name), responses.get(pipe.name))

    return replaced(text, value).replace("$${", "${")


def _pipe(found: re.Match[str]) -> Pipe:
    return Pipe(found[1], tuple(found[2].split("|")[1:]))


def _drawn(pipe: Pipe, seed: int) -> str:
    try:
        least, most = (int(one) for one in pipe.how)
    except ValueError:
        return ""
    if most < least:
        return ""
    return str(least + seed_of("random", seed, least, most) % (most - least + 1))


def _shown(pipe: Pipe, item: Item | None, response: Response | None) -> str:
    how = pipe.how[0] if pipe.how else ""
    if how == "text":
        return item.text if item else ""
    if how == "unchosen":
        return _labels(item, response, chosen=False)
    if not isinstance(response, Answer):
        return ""
    if how == "words":
        return ", ".join(response.texts.values())
    if how.startswith("part:"):
        part = Part(item=pipe.name, code=how.removeprefix("part:"))
        return text_of(part.value({pipe.name: response}))
    if response.number is not None:
        return text_of(response.number)
    if response.text is not None:
        return response.text
    return ", ".join(response.codes) if how == "code" else _labels(item, response, chosen=True)


def _labels(item: Item | None, response: Response | None, *, chosen: bool) -> str:
    if item is None:
        return ""
    codes = response.codes if isinstance(response, Answer) else ()
    words = response.texts if isinstance(response, Answer) else {}
    options: list[Option] = [one for one in item.options if (one.code in codes) == chosen]
    return ", ".join(words.get(option.code) or option.label for option in options)
