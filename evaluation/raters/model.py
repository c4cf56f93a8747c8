"""A language model as a rater: each view is one call of its own, kept and never bought twice."""

from functools import cache
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model

from evaluation.raters.base import Rated, RaterInfo, Rating, Scale, Unrated, View
from personas.authoring.author import Author, OnCall, Step
from personas.authoring.prose import whole_sentences
from simulacra.errors import BadReply
from simulacra.llm.port import ModelInfo
from simulacra.prompting import find_template
from simulacra.sentences import sentences_of
from simulacra.workspace import Workspace

_BRIEF_WORDS = 500  # a small model follows a short prompt better than one that just fits
_TOKENS_PER_WORD = 1.6
_ATTEMPTS = 2


class ModelRater:
    """Rates by structured replies; one that cannot be read is asked for once more.

    Calls are kept under the ``author``'s account, so that work which was stopped goes on without
    buying a view again, and under another account everything is bought anew.
    """

    def __init__(self, author: Author, info: RaterInfo, model: ModelInfo) -> None:
        self._room = room_of(model)
        self.info, self._author = info.model_copy(update={"reads": self._room}), author
        self._reasons = model.detail == "full"

    @classmethod
    def open(
        cls,
        workspace: Workspace,
        account: str,
        spec: str,
        *,
        name: str = "",
        player: str = "",
        seed: int = 0,
        temperature: float = 0.0,
        on_call: OnCall | None = None,
    ) -> Self:
        """A rater on a workspace's model and database.

        ``account`` names the measurement that the calls belong to, ``player`` the spec of the model
        that played the person; ``name`` sets raters of one model apart.

        Raises:
            UnknownName, InputError, FatalModelError: as ``workspace.model`` does.
        """
        author = Author.open(
            workspace, account, model=spec, seed=seed, temperature=temperature, on_call=on_call
        )
        info = RaterInfo(name=name or spec, is_player=spec == player)
        return cls(author, info, workspace.model(spec).info)

    async def rate(self, view: View) -> Rated:
        """What the model makes of a view; see ``Rater``."""
        seen = view.within(self._room)
        try:
            return await (self._written(seen) if view.writes else self._scored(seen))
        except BadReply as error:
            return Unrated(why=str(error))

    async def _scored(self, view: View) -> Rating:
        prompt = find_template(view.prompt, view.folder).render(view.variables)
        schema = reply_schema(view.scales, reasons=self._reasons)
        most = 30 + 25 * len(view.scales) + (150 if self._reasons else 0)
        said = await self._author.fill(self._step(view), prompt, schema, max_tokens=most)
        given: dict[str, Any] = said.model_dump()
        reason = given.pop("reason", "")
        return Rating(scores={name: float(score) for name, score in given.items()}, reason=reason)

    async def _written(self, view: View) -> Rated:
        prompt = find_template(view.prompt, view.folder).render(view.variables)
        words = view.words if self._reasons else view.words // 2
        most = int(words * _TOKENS_PER_WORD)
        for attempt in range(1, _ATTEMPTS + 1):
            text = await self._author.write(self._step(view, attempt), prompt, max_tokens=most)
            if text.strip():
                return Rating(text=unrepeated(whole_sentences(text)))
        return Unrated(why=f"{self._author.model} twice wrote nothing")

    def _step(self, view: View, attempt: int = 1) -> Step:
        return Step(stage=view.role, part=f"{view.id} by {self.info.name}", attempt=attempt)


def unrepeated(text: str) -> str:
    """The text up to the first sentence that it has said before, word for word.

    A small model that has begun to go round in circles says nothing more.
    """
    kept: list[str] = []
    for sentence in sentences_of(text):
        if sentence in kept:
            break
        kept.append(sentence)
    return " ".join(kept)


def room_of(model: ModelInfo) -> int:
    """How many words a model can be shown at once, the reply and the instructions aside."""
    whole = int(0.75 * model.context_tokens / _TOKENS_PER_WORD)
    return min(whole, _BRIEF_WORDS) if model.detail == "brief" else whole


@cache
def reply_schema(scales: tuple[Scale, ...], *, reasons: bool) -> type[BaseModel]:
    """The form of a reply: where reasons are wanted one comes first, then a number a scale."""
    said: dict[str, Any] = {"reason": (Annotated[str, AfterValidator(_said)], ...)}
    fields = (said if reasons else {}) | {
        one.name: (int, Field(ge=one.low, le=one.high)) for one in scales
    }
    return create_model("Rating", __config__=ConfigDict(extra="forbid"), **fields)


def _said(reason: str) -> str:
    if not reason.strip():
        raise ValueError("give the reason in a sentence")
    return reason.strip()
