"""What a person replied, and what it counts as: an answer, or a missing code with its reason."""

from enum import IntEnum
from typing import Any

from pydantic import Field, field_validator

from simulacra.domain.base import Frozen
from simulacra.domain.call import Call
from simulacra.domain.emotion import EmotionalState
from simulacra.domain.memory import Recalled
from simulacra.domain.plan import Plan


class MissingCode(IntEnum):
    """Why there is no answer."""

    NOT_ASKED = -99
    SKIPPED = -98
    REFUSED = -97
    DONT_KNOW = -96
    UNREADABLE = -95
    TECHNICAL = -94

    @property
    def label(self) -> str:
        """The value label that files carry."""
        return _LABELS[self]


_LABELS = {
    MissingCode.NOT_ASKED: "Not asked (logic)",
    MissingCode.SKIPPED: "Skipped",
    MissingCode.REFUSED: "Refused",
    MissingCode.DONT_KNOW: "Don't know",
    MissingCode.UNREADABLE: "Unreadable reply",
    MissingCode.TECHNICAL: "Technical failure",
}


_NUMBERS = frozenset(float(code) for code in MissingCode)
_TEXTS = frozenset(str(int(code)) for code in MissingCode)


class Answer(Frozen):
    """A substantive answer: codes of a closed item (in shown order), or a number, or a text.

    A ranking has its codes in order of rank, a constant sum ``amounts`` by code, a date its ISO
    text; ``texts`` are the words said with an option such as "other", by its code.
    """

    codes: tuple[str, ...] = ()
    number: float | None = None
    text: str | None = None
    amounts: dict[str, float] = Field(default_factory=dict)
    texts: dict[str, str] = Field(default_factory=dict)

    @property
    def like_a_code(self) -> bool:
        """Whether a number or a text in it cannot be told from a missing code in a table."""
        numbers = [*self.amounts.values(), *([] if self.number is None else [self.number])]
        texts = [*self.texts.values(), *([] if self.text is None else [self.text])]
        return any(one in _NUMBERS for one in numbers) or any(one in _TEXTS for one in texts)


class Missing(Frozen):
    """No answer, and why; ``detail`` in words."""

    code: MissingCode
    detail: str = ""


Response = Answer | Missing


class Reply(Frozen):
    """What came back from the person, before it is read.

    ``text`` is the raw text; ``first_sentence`` is what of it answers where a small model, asked
    for a fact, goes on talking ("" where the whole text counts). ``selection`` holds the codes
    that the model's own probabilities or its structured output chose; ``probabilities`` are those
    of the options by code. ``plan`` and
    ``emotion`` are what the agents said; ``calls`` every model call in order. ``recall_seconds``
    is how long recalling took, which makes no model call. A reply to a question that was put again
    holds what came to mind the first time, and its ``calls`` are those made anew. ``fault`` says
    why a reply in another form than an answer's (percentages, say) holds none. Where items of a
    page were asked together, ``page`` is the first of them: its reply holds the calls of all, and
    ``text`` is each one's own part.
    """

    text: str
    first_sentence: str = ""
    selection: tuple[str, ...] = ()
    probabilities: dict[str, float] | None = None
    recalled: tuple[Recalled, ...] = ()
    recall_seconds: float = 0.0
    emotion: EmotionalState | None = None
    plan: Plan | None = None
    calls: tuple[Call, ...] = ()
    parts: dict[str, str] = Field(default_factory=dict)
    fault: str = ""
    page: str = ""

    @property
    def seconds(self) -> float:
        """How long the person took: recalling, the slower of feeling and planning, speaking.

        Where what is said is checked, it is part of speaking.
        """
        taken = dict.fromkeys((call.request.agent for call in self.calls), 0.0)
        for call in self.calls:
            taken[call.request.agent] += call.latency
        spoken = taken.pop("top", 0.0) + taken.pop("role", 0.0)
        return self.recall_seconds + max(taken.values(), default=0.0) + spoken

    @field_validator("plan", mode="before")
    @classmethod
    def _no_empty_plan(cls, value: Any) -> Any:
        return (
            value or None
        )  # replies of earlier versions hold a text, "" where nothing was planned
