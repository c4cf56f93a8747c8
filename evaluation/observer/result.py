"""What an observer report found."""

from pydantic import Field

from evaluation.observer.probe import Shift, Variant
from evaluation.raters.base import RaterInfo
from evaluation.sections import Estimate
from simulacra.domain.base import Frozen


class Both(Frozen):
    """The two parts of the report, each beside its control; 0 to 100.

    ``fit``: how well descriptions from the answers fit the life; ``fit_other``: descriptions of
    somebody else. ``similarity``: how similar the answers are to those that readers of the life
    expected; ``similarity_other``: somebody else's answers.
    """

    fit: Estimate = Estimate()
    fit_other: Estimate = Estimate()
    similarity: Estimate = Estimate()
    similarity_other: Estimate = Estimate()


class Description(Frozen):
    """A description of a person by somebody who saw only the answers.

    ``of``: whose answers they saw; ``scores`` are the raters' judgements of its fit with the life
    of the person it stands under.
    """

    of: str
    replicate: int
    writer: str
    text: str
    scores: dict[str, float | None] = Field(default_factory=dict)


class PersonFound(Frozen):
    """One person."""

    id: str
    name: str
    other: str
    found: Both
    descriptions: tuple[Description, ...] = ()


class ScenarioFound(Frozen):
    """One scenario over all people; ``apart``: mean distance of the highest and lowest rater."""

    id: str
    facet: str
    domain: str
    text: str
    similarity: Estimate
    similarity_other: Estimate
    apart: float | None = None


class DomainFound(Frozen):
    """The scenarios aimed at one domain of the Big Five."""

    domain: str
    scenarios: int
    similarity: Estimate
    similarity_other: Estimate


class RaterFound(Frozen):
    """One rater: what they gave, and what they did not.

    ``own_texts`` and ``others_texts`` are the mean scores of what the rater wrote and of what other
    raters wrote.
    """

    rater: RaterInfo
    found: Both
    ratings: int
    missing: int
    own_texts: float | None = None
    others_texts: float | None = None


class Agreement(Frozen):
    """How far raters agree on what all of them judged; ``role`` is "fit" or "similarity".

    ``single`` is ICC(2,1), ``mean`` ICC(2,k): two-way random effects, absolute agreement.
    """

    role: str
    raters: int
    targets: int
    single: Estimate
    mean: Estimate
    alpha: Estimate


class Judgement(Frozen):
    """One judgement; ``score`` None where it is missing, ``why`` then says the reason.

    ``writer`` wrote the description or the expected answer; ``scenario`` is empty for a fit.
    """

    role: str
    person: str
    replicate: int
    scenario: str
    variant: Variant
    writer: str
    rater: str
    score: float | None
    why: str = ""


class ObserverResult(Frozen):
    """An observer report; ``measurement`` names it, and forms for people carry the name.

    ``player_rates``: a rater is the model that played the people, so that the report is not valid.
    ``unanswered`` counts situations to which a person gave no answer; ``unwritten`` descriptions
    and expected answers that raters did not give, by reason. ``unjudged`` counts what nobody has
    judged. ``life_words`` is the length of each life. ``cost`` is in US dollars.
    """

    simulated: bool = True
    measurement: str
    model: str
    method: str
    people: tuple[PersonFound, ...]
    replicates: int
    seed: int
    raters: tuple[RaterFound, ...]
    player_rates: bool
    overall: Both
    scenarios: tuple[ScenarioFound, ...]
    domains: tuple[DomainFound, ...]
    agreement: tuple[Agreement, ...]
    probe: tuple[Shift, ...]
    judgements: tuple[Judgement, ...]
    unanswered: int = 0
    unwritten: dict[str, int] = Field(default_factory=dict)
    unjudged: int = 0
    life_words: dict[str, int] = Field(default_factory=dict)
    runs: dict[str, str] = Field(default_factory=dict)
    calls: int = 0
    cost: float = 0.0
