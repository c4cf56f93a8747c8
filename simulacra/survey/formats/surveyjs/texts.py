"""Texts of a SurveyJS survey: one language of several, markup, answers piped in."""

import re
from collections.abc import Callable
from typing import Any

from simulacra.survey.formats.markup import plain
from simulacra.survey.piping import escaped

_PIPE = re.compile(r"\{([^{}]+)\}")


class Texts:
    """Reads localisable texts; ``id_of`` gives the id of a name, None for what is no name."""

    def __init__(self, language: str, id_of: Callable[[str], str | None]) -> None:
        self.language, self._id_of = language, id_of

    def of(self, value: Any) -> str:
        """A text in the survey's language, as a respondent reads it."""
        return self.piped(plain(self._chosen(value)))

    def lossless(self, value: Any) -> bool:
        """Whether nothing of a text was left out."""
        return not isinstance(value, dict) and plain(str(value)) == str(value)

    def others(self, value: Any) -> tuple[str, ...]:
        """The text in the other languages."""
        if not isinstance(value, dict):
            return ()
        mine = self._chosen(value)
        texts = [str(one) for one in value.values() if one]
        return tuple(plain(one) for one in texts if one != mine)

    def piped(self, text: str) -> str:
        """A text with our pipes."""

        def pipe(found: re.Match[str]) -> str:
            own = self._id_of(found[1].strip())
            return found[0] if own is None else f"${{{own}}}"

        parts = re.split(r"(\{[^{}]+\})", text)
        return "".join(
            pipe(found) if (found := _PIPE.fullmatch(part)) else escaped(part)
            for part in _unglued(parts)
        )

    def _chosen(self, value: Any) -> str:
        if not isinstance(value, dict):
            return "" if value is None else str(value)
        for name in (self.language, "default", "en"):
            if value.get(name):
                return str(value[name])
        return next((str(one) for one in value.values() if one), "")


def _unglued(parts: list[str]) -> list[str]:
    """A dollar sign before a brace would make a pipe of what is none: they stay one part."""
    glued: list[str] = []
    for part in parts:
        if glued and glued[-1].endswith("$") and _PIPE.fullmatch(part):
            glued[-1] += part
        else:
            glued.append(part)
    return glued
