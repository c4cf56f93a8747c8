"""What an experiment found."""

from pydantic import Field

from evaluation.experiments.experiment import Human
from evaluation.sections import Estimate
from simulacra.domain.base import Frozen


class Named(Frozen):
    """An estimate by its name, the one by which human effects are set beside it.

    ``unit``: ``share`` (0 to 1), ``difference`` of shares, ``d`` (standard deviations), ``ratio``,
    ``index`` or ``points`` of the item's own scale. ``p`` is the probability of as large a
    statistic by chance.
    """

    name: str
    label: str
    unit: str
    estimate: Estimate
    p: float | None = None


class OfItem(Frozen):
    """One item, or a group of them: its two conditions and what lies between them.

    ``text`` says in a few words what it compares, ``wording`` is what was asked, with ``${...}``
    where conditions differ.
    """

    id: str
    text: str = ""
    wording: str = ""
    group: str = ""
    first: Estimate
    second: Estimate
    effect: Estimate


class Analysed(Frozen):
    """What an analysis found; the main estimate is the first.

    ``columns`` name what ``first``, ``second`` and ``effect`` of the items are. ``unreadable`` says
    why the estimates cannot be read as what they are named for, "" where they can. ``sources`` are
    those of the statistics.
    """

    method: str
    estimates: tuple[Named, ...]
    columns: tuple[str, str, str]
    items: tuple[OfItem, ...] = ()
    groups: tuple[OfItem, ...] = ()
    findings: tuple[str, ...] = ()
    unreadable: str = ""
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


class ExperimentResult(Frozen):
    """An experiment with its people, its analysis and what is known of people.

    ``conditions`` counts the people of each; ``missing`` the answers that were not given there.
    ``cost`` is in US dollars.
    """

    simulated: bool = True
    name: str
    title: str
    question: str
    analysis: str
    model: str
    method: str
    people: int
    replicates: int
    seed: int
    temperature: float
    within: bool
    conditions: dict[str, int]
    missing: dict[str, int]
    stimuli: int
    analysed: Analysed
    human: tuple[Human, ...]
    limits: tuple[str, ...]
    sources: tuple[str, ...]
    runs: dict[str, str] = Field(default_factory=dict)
    calls: int = 0
    cost: float = 0.0
