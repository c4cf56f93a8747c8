"""What a comparison of runs found."""

from evaluation.sections import Estimate
from simulacra.domain.base import Frozen


class RunFacts(Frozen):
    """One of the runs: who answered, what is missing, and what it took.

    ``missing`` counts missing answers by code, without those not asked. ``calls``, ``new_tokens``
    and ``cached_tokens`` (of prompts), ``tokens_out`` and ``seconds`` (of waiting) are means per
    answer; ``cost`` is in US dollars for the whole run. ``steady`` is the share of a person's
    answers that two replicates give alike, undefined with one replicate.
    """

    run: str
    label: str
    name: str
    model: str
    way: str
    temperature: float | None
    seed: int
    replicates: int
    people: int
    answers: int
    missing: dict[int, int]
    calls: float
    new_tokens: float
    cached_tokens: float
    tokens_out: float
    seconds: float
    cost: float
    steady: Estimate


class Paired(Frozen):
    """An item or a scale in the first run and in another one, pair by pair.

    ``first`` and ``other`` are mean levels over the pairs and ``difference`` is other minus first,
    on the codes of the items with reversed ones turned round; all None where answers are no
    amounts. ``same`` is the share of answers that are alike (None for scales) and ``distance`` the
    total variation between the two distributions, 0 the same to 1 nothing in common.
    """

    id: str
    text: str = ""
    items: int = 1
    pairs: int
    units: int
    first: float | None = None
    other: float | None = None
    difference: Estimate | None = None
    same: Estimate | None = None
    distance: Estimate | None = None
    correlation: Estimate | None = None


class Beside(Frozen):
    """Everything of one run beside the first: all items together, each scale, each item."""

    run: str
    label: str
    same: Estimate
    distance: Estimate
    scales: tuple[Paired, ...]
    items: tuple[Paired, ...]


class Comparison(Frozen):
    """Runs side by side; the first is what the others are held against.

    ``unit`` says what intervals resample: people where at least three are in all the runs, else
    interviews. ``left_out`` are items that are not in all runs or whose answers cannot be held
    against each other, with the reason; ``unpaired`` counts interviews without a counterpart, by
    run.
    """

    simulated: bool = True
    runs: tuple[RunFacts, ...]
    unit: str
    people: int
    seed: int
    beside: tuple[Beside, ...]
    left_out: dict[str, str]
    unpaired: dict[str, int]
    notes: tuple[str, ...] = ()
