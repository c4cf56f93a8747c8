"""What a rater is shown and gives: frozen values, so that nobody can be handed more."""

from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol, Self

from pydantic import Field

from simulacra.domain.base import Frozen, content_hash

PROMPTS = Path(__file__).parents[1] / "prompts"


class Scale(Frozen):
    """A scale of whole numbers from ``low`` to ``high``; ``anchors`` say what some of them mean.

    ``name`` is the field of the reply and the column of a form, ``asks`` the question.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    asks: str
    low: int = 0
    high: int = 100
    anchors: tuple[tuple[int, str], ...] = ()

    @property
    def shown(self) -> str:
        """The scale in words for a prompt or a form."""
        points = "".join(f"\n- {number}: {what}" for number, what in self.anchors)
        return f"{self.name}, a whole number from {self.low} to {self.high}: {self.asks}{points}"


class View(Frozen):
    """All that a rater sees of one thing to judge; each role has a class with fields of its own.

    ``role`` names the role, ``prompt`` the file of ``folder`` that shows the fields: all of them
    under their names, and ``scales`` where there are any. A role that ``writes`` gives a text of
    about ``words`` words at most, the others a number on each of the ``scales``. ``asks`` says to
    people who fill in a form what they are to do.
    """

    role: ClassVar[str]
    prompt: ClassVar[str]
    folder: ClassVar[Path] = PROMPTS
    writes: ClassVar[bool] = False
    words: ClassVar[int] = 200
    asks: ClassVar[str] = ""

    @property
    def scales(self) -> tuple[Scale, ...]:
        """What is rated; none where a text is asked for."""
        return ()

    @property
    def id(self) -> str:
        """What identifies the view: its role and a hash of what is seen (12 hex digits)."""
        return f"{self.role}-{content_hash({'role': self.role, 'seen': self.model_dump()})[:12]}"

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """The fields as a form shows them: the name of each, and its text."""
        return tuple(
            (name.capitalize(), str(getattr(self, name))) for name in type(self).model_fields
        )

    @property
    def variables(self) -> dict[str, Any]:
        """What the prompt shows: the fields as they are, and the scales in words."""
        fields: dict[str, Any] = {name: getattr(self, name) for name in type(self).model_fields}
        if self.scales:
            fields["scales"] = "\n\n".join(one.shown for one in self.scales)
        return fields

    def within(self, words: int) -> Self:  # noqa: ARG002  (roles that read much shorten it)
        """The view for a rater who can read so many words; here as it is."""
        return self


class Rating(Frozen):
    """What a rater gave: numbers by scale, or a text; ``reason`` in the rater's own words."""

    scores: dict[str, float] = Field(default_factory=dict)
    text: str = ""
    reason: str = ""


class Unrated(Frozen):
    """No rating, and why: nothing is put in its place."""

    why: str


Rated = Rating | Unrated


class RaterInfo(Frozen):
    """Who rates: ``kind`` is "model" or "person"; ``roles`` None stands for every role.

    ``is_player``: the model also played the person that is judged, so its ratings are not valid.
    ``reads``: so many words at once at most, None without a limit; of more it sees excerpts.
    """

    name: str
    kind: Literal["model", "person"] = "model"
    roles: tuple[str, ...] | None = None
    is_player: bool = False
    reads: int | None = None

    @property
    def label(self) -> str:
        """The name as tables give it; they say where a rater is the player."""
        return f"{self.name} (the player)" if self.is_player else self.name

    def takes(self, role: str) -> bool:
        """Whether they are asked in a role."""
        return self.roles is None or role in self.roles


class Rater(Protocol):
    """Somebody who judges views."""

    @property
    def info(self) -> RaterInfo:
        """Who it is."""
        ...

    async def rate(self, view: View) -> Rated:
        """What the rater makes of a view.

        Raises:
            ModelError: the model or its server failed; what was rated before is kept.
        """
        ...
