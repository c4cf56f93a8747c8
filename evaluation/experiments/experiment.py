"""An experiment as data: what is shown under which condition, and what is known of people."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from simulacra.domain.base import Frozen

NAME = r"^[a-z][a-z0-9_]*$"


class Human(Frozen):
    """What was found with people, to stand beside the ``estimate`` of the analysis of that name.

    ``low`` and ``high`` are the ends of an interval at ``level``; without them none is known.
    ``words`` are shown in place of the number ("under 1%"); ``who`` names the study in a few words.
    """

    estimate: str = Field(pattern=NAME)
    value: float
    low: float | None = None
    high: float | None = None
    level: float = Field(default=0.95, gt=0, lt=1)
    n: int | None = Field(default=None, ge=1)
    words: str = ""
    who: str = Field(min_length=1)
    source: str = Field(min_length=1)
    note: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if (self.low is None) != (self.high is None):
            raise ValueError("an interval has two ends: give low and high, or neither")
        if self.low is not None and self.high is not None and not self.low <= self.high:
            raise ValueError("low is above high")
        return self


class ConditionTexts(Frozen):
    """A condition: the texts that it puts in place of ``{name}`` in the items.

    ``share`` weighs how many people are assigned to it, where each is asked under one only.
    """

    name: str = Field(min_length=1, pattern=r"^[^\x00-\x1f|]+$")
    texts: dict[str, str] = Field(default_factory=dict)
    share: int = Field(default=1, ge=1)


class Stimulus(Frozen):
    """One stimulus: an item of the experiment.

    Every field but these three is a text that fills ``{field}`` in the template of the item.
    ``by_condition`` holds texts that differ between conditions; ``item`` replaces fields of the
    template for this stimulus.
    """

    id: str = Field(pattern=NAME)
    texts: dict[str, str] = Field(default_factory=dict)
    by_condition: dict[str, dict[str, str]] = Field(default_factory=dict)
    item: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _gathered(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "texts" in data:
            return data
        own = {"id", "by_condition", "item"}
        texts = {name: value for name, value in data.items() if name not in own}
        return {**{name: data[name] for name in own & set(data)}, "texts": texts}


class _Compared(Frozen):
    """An analysis that sets the condition ``first`` against ``second``: first minus second."""

    first: str
    second: str

    @property
    def conditions(self) -> tuple[str, ...]:
        """The conditions that it needs."""
        return (self.first, self.second)


class MeanDifference(_Compared):
    """Means of ratings or numbers in two conditions.

    ``ranks``: the standardised difference is that of ranks, so that wild numbers weigh no more than
    high ones. ``spans`` names the texts of a stimulus that hold two numbers, such as a high and a
    low anchor: the difference of medians is then also given as a share of their distance.
    """

    kind: Literal["mean_difference"] = "mean_difference"
    ranks: bool = False
    spans: tuple[str, str] | None = None


class ProportionDifference(_Compared):
    """How often the option ``code`` is chosen in two conditions."""

    kind: Literal["proportion_difference"] = "proportion_difference"
    code: str


class WithinShift(_Compared):
    """How far each person moves between two conditions; everybody is asked under both."""

    kind: Literal["within_shift"] = "within_shift"


class Conformity(_Compared):
    """Comparisons with a correct option, answered alone (``second``) and after others (``first``).

    ``correct``, ``group`` and ``size`` name the texts of a stimulus that hold the code of the
    correct option, that of the option which the others give, and how large the error of the others
    is. A stimulus is critical where they err. Where more than ``most_control_errors`` of the
    answers given alone are wrong, yielding cannot be read.
    """

    kind: Literal["conformity"] = "conformity"
    correct: str = "correct"
    group: str = "group"
    size: str = "size"
    most_control_errors: float = Field(default=0.1, ge=0, le=1)


class OrderEffects(Frozen):
    """Whether the order of items and of options moves the answers; orders are drawn per person."""

    kind: Literal["order_effects"] = "order_effects"
    permutations: int = Field(default=2000, ge=99)

    @property
    def conditions(self) -> tuple[str, ...]:
        """It needs none."""
        return ()


Analysis = Annotated[
    MeanDifference | ProportionDifference | WithinShift | Conformity | OrderEffects,
    Field(discriminator="kind"),
]


class Experiment(Frozen):
    """A whole experiment.

    ``item`` is the template of an item with ``{name}`` where texts of a stimulus or a condition
    come in. ``within``: everybody is asked under each condition, in interviews of their own, else
    each under one drawn at random. ``shuffle``: the stimuli come in an order of each person's own.
    ``earlier_visible``: whether a person sees what they answered before. ``limits`` and ``sources``
    go into the report as they stand.
    """

    name: str = Field(pattern=NAME)
    title: str = Field(min_length=1)
    question: str = Field(min_length=1)
    instructions: str = ""
    language: str = "en"
    conditions: tuple[ConditionTexts, ...] = ()
    within: bool = False
    shuffle: bool = False
    earlier_visible: bool = True
    item: dict[str, Any]
    stimuli: tuple[Stimulus, ...] = Field(min_length=1)
    analysis: Analysis
    human: tuple[Human, ...] = ()
    limits: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _unique(self) -> Self:
        for what, names in (
            ("condition", [one.name for one in self.conditions]),
            ("stimulus", [one.id for one in self.stimuli]),
        ):
            if twice := sorted({one for one in names if names.count(one) > 1}):
                raise ValueError(f"the {what} {twice[0]} is there twice")
        return self

    @model_validator(mode="after")
    def _fits_its_analysis(self) -> Self:
        names = {one.name for one in self.conditions}
        if strange := [one for one in self.analysis.conditions if one not in names]:
            raise ValueError(f"the analysis names the condition {strange[0]}, which is not there")
        if isinstance(self.analysis, WithinShift) and not self.within:
            raise ValueError("a within_shift needs everybody under both conditions: within: true")
        for one in self.stimuli:
            if strange := [name for name in one.by_condition if name not in names]:
                raise ValueError(f"stimulus {one.id}: there is no condition {strange[0]}")
        return self
