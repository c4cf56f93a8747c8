"""What a person means to answer, and what they know of the matter."""

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import model_validator

from simulacra.domain.base import Frozen

Knowledge = Literal["all", "part", "nothing"]
_LABELS = {
    "asked": "Asked",
    "known": "I know",
    "unknown": "I do not know",
    "stance": "Where I stand",
    "say": "I will say",
    "hold_back": "I will hold back",
    "tone": "Tone",
}


class Plan(Frozen):
    """A plan in the person's own words: what is asked, what they know, what they will say and how.

    ``knows`` says how much of what is asked the person can know; None where that was not judged.
    A plain text is read as a plan that has nothing but ``say``.
    """

    asked: str = ""
    knows: Knowledge | None = None
    known: str = ""
    unknown: str = ""
    stance: str = ""
    say: str = ""
    hold_back: str = ""
    tone: str = ""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return {"say": value} if isinstance(value, str) else value

    def __str__(self) -> str:
        """A line for each part that says something; the bare sentence where there is only one."""
        return self._lines(_LABELS)

    def for_reply(self, *, closed: bool) -> str:
        """What of it serves who replies, and sees the question and the memories as well.

        Where an option is chosen (``closed``), neither tone nor what is kept back shows.
        """
        return self._lines(
            ("stance", "say") if closed else [one for one in _LABELS if one != "asked"]
        )

    def _lines(self, parts: Iterable[str]) -> str:
        told = {name: text for name in parts if (text := getattr(self, name))}
        if list(told) == ["say"]:
            return self.say
        return "\n".join(f"{_LABELS[name]}: {text}" for name, text in told.items())
