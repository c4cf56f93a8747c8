"""The way through an instrument: its blocks, and the flow that shows, skips and shuffles them.

A survey without blocks asks its items in order; one with blocks and no flow shows the blocks in
order. Conditions are texts of ``simulacra.survey.condition``, values that are filled in are
templates of ``simulacra.survey.piping``.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from simulacra.domain.base import Frozen


class Round(Frozen):
    """One turn of a loop: ``key`` marks the ids of its items, ``fields`` fill ``${loop|NAME}``."""

    key: str = Field(pattern=r"^[A-Za-z0-9_]+$")
    condition: str | None = None
    fields: dict[str, str] = Field(default_factory=dict)


class Loop(Frozen):
    """A block that is gone through once a round; ``shuffle`` and ``show`` as for ``Randomise``."""

    rounds: tuple[Round, ...] = Field(min_length=1)
    shuffle: bool = False
    show: int | None = Field(default=None, ge=1)


class Block(Frozen):
    """Items that belong together, on pages.

    ``shuffle``: the items come in a random order, those in ``fixed`` at their places; ``show``:
    only so many of the movable ones are asked.
    """

    id: str = Field(min_length=1)
    title: str = ""
    pages: tuple[tuple[str, ...], ...] = ()
    shuffle: bool = False
    fixed: tuple[str, ...] = ()
    show: int | None = Field(default=None, ge=1)
    loop: Loop | None = None

    @property
    def items(self) -> tuple[str, ...]:
        """Ids of its items in order."""
        return tuple(item for page in self.pages for item in page)


class _Step(Frozen):
    """Written with its ``node`` even where defaults are left out, or nothing could read it back."""

    @model_serializer(mode="wrap")
    def _with_node(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {"node": getattr(self, "node", ""), **write(self)}


class Show(_Step):
    """A block is gone through."""

    node: Literal["show"] = "show"
    block: str


class Branch(_Step):
    """Steps that are taken where a condition holds, and others where it does not."""

    node: Literal["branch"] = "branch"
    condition: str = Field(min_length=1)
    then: tuple["Step", ...] = ()
    otherwise: tuple["Step", ...] = ()


class Randomise(_Step):
    """Steps in a random order, or ``show`` of them.

    ``evenly``: over the respondents of a study each step stands in each place, or is shown,
    equally often; otherwise each respondent draws alone. ``record`` names a field that keeps the
    numbers of the steps taken, from 1, in order.
    """

    node: Literal["randomise"] = "randomise"
    id: str = Field(min_length=1)
    steps: tuple["Step", ...] = Field(min_length=1)
    show: int | None = Field(default=None, ge=1)
    evenly: bool = True
    record: str | None = None


class Group(_Step):
    """Steps taken together."""

    node: Literal["group"] = "group"
    title: str = ""
    steps: tuple["Step", ...] = ()


class SetField(_Step):
    """A field gets a value: a text that may pipe, or the value of an expression."""

    node: Literal["set"] = "set"
    field: str
    text: str = ""
    expression: str | None = None


class End(_Step):
    """The survey ends here; ``screened``: the respondent does not belong to the sample."""

    node: Literal["end"] = "end"
    message: str = ""
    screened: bool = False


Step = Annotated[Show | Branch | Randomise | Group | SetField | End, Field(discriminator="node")]
for _node in (Branch, Randomise, Group):
    _node.model_rebuild()


def steps_of(flow: Iterable[Step]) -> Iterator[Step]:
    """All steps of a flow, from the outside in."""
    for step in flow:
        yield step
        if isinstance(step, Branch):
            yield from steps_of((*step.then, *step.otherwise))
        elif isinstance(step, Randomise | Group):
            yield from steps_of(step.steps)


def shown(flow: Iterable[Step]) -> list[str]:
    """Ids of the blocks that a flow shows, in order, each as often as it is shown."""
    return [step.block for step in steps_of(flow) if isinstance(step, Show)]
