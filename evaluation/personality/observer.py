"""Observers rate what people say in an interview: they see questions and answers, nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from pydantic import Field

from evaluation.documents import parsed
from evaluation.intervals import Points
from evaluation.personality.result import Observers
from evaluation.personality.scoring import domain_means
from evaluation.raters.base import Rated, RaterInfo, Rating, Scale, Unrated, View
from evaluation.raters.panel import Ratings
from evaluation.statistics.agreement import icc
from simulacra.domain.answer import Answer, Response
from simulacra.domain.base import Frozen
from simulacra.domain.persona import DOMAINS, Facet
from simulacra.domain.survey import Instrument

UNSEEN = 0
"""The rating of what the answers do not show: it counts as missing."""
_OVERHEAD = 240  # words of the scales and the instructions


class Ends(Frozen):
    """What people low and high on a facet are like."""

    low: str = Field(min_length=1)
    high: str = Field(min_length=1)


class FacetEnds(Frozen):
    """The ends of all facets, as they stand in their file."""

    facets: dict[Facet, Ends]


@cache
def facet_ends() -> dict[Facet, Ends]:
    """What an observer is told of each facet."""
    return parsed(FacetEnds, Path(__file__).with_name("facets.yaml")).facets


class InterviewView(View):
    """What an observer sees of a person: the interview, and the domain whose facets are rated."""

    role: ClassVar[str] = "interview"
    prompt: ClassVar[str] = "rate_interview"

    domain: str
    interview: tuple[tuple[str, str], ...]

    @property
    def scales(self) -> tuple[Scale, ...]:
        """The facets of the domain from 1 to 5, 0 where the answers do not show them."""
        return tuple(_scale(facet) for facet in DOMAINS[self.domain])

    @property
    def variables(self) -> dict[str, Any]:
        """What the prompt shows."""
        scales = "\n".join(
            f"- {one.name}: 1 = {one.anchors[1][1]}, 3 = average, 5 = {one.anchors[2][1]}"
            for one in self.scales
        )
        return {"domain": self.domain, "interview": self.interview, "scales": scales}

    def within(self, words: int) -> Self:
        """With answers cut to an equal share of so many words."""
        asked = sum(len(question.split()) for question, _ in self.interview)
        share = max(10, (words - _OVERHEAD - asked) // max(1, len(self.interview)))
        cut = tuple((question, _cut(answer, share)) for question, answer in self.interview)
        return self.model_copy(update={"interview": cut})


class Seen(NamedTuple):
    """A view with whose it is."""

    person: str
    replicate: int
    view: InterviewView


def views(
    instrument: Instrument, told: Mapping[tuple[str, int], Mapping[str, Response]]
) -> list[Seen]:
    """What observers see of each person and replicate; nothing where no question was answered."""
    texts = {item.id: item.text for item in instrument.items}
    found: list[Seen] = []
    for (person, replicate), responses in told.items():
        said = tuple(
            (text, response.text)
            for id_, text in texts.items()
            if isinstance(response := responses.get(id_), Answer) and response.text
        )
        if said:
            found += [
                Seen(person, replicate, InterviewView(domain=domain, interview=said))
                for domain in DOMAINS
            ]
    return found


def observed(seen: Iterable[Seen], ratings: Ratings) -> dict[str, dict[str, float]]:
    """Levels of facets and domains by person: means over the raters, then over replicates."""
    by_person: dict[str, dict[str, list[float]]] = {}
    for one in seen:
        given = [shown(rated) for rated in ratings[one.view.id].values()]
        facets = by_person.setdefault(one.person, {})
        for facet in DOMAINS[one.view.domain]:
            scores = [told.scores[facet] for told in given if facet in told.scores]
            if scores:
                facets.setdefault(facet, []).append(sum(scores) / len(scores))
    means = {
        person: {facet: sum(levels) / len(levels) for facet, levels in facets.items()}
        for person, facets in by_person.items()
    }
    return {person: facets | domain_means(facets) for person, facets in means.items()}


def shown(rated: Rated) -> Rating:
    """A rating without what the answers do not show; an empty one where there is none."""
    if not isinstance(rated, Rating):
        return Rating()
    scores = {name: score for name, score in rated.scores.items() if score != UNSEEN}
    return rated.model_copy(update={"scores": scores})


def agreement(members: Sequence[RaterInfo], seen: Sequence[Seen], ratings: Ratings) -> Observers:
    """Who rated, how far they agree, and what they could not rate."""
    table = by_rater(seen, ratings, [one.name for one in members])
    given = [rated for one in seen for rated in ratings[one.view.id].values()]
    scored = [one for one in given if isinstance(one, Rating)]
    return Observers(
        raters=members,
        icc_single=icc(table, "ICC2"),
        icc_panel=icc(table, "ICC2k"),
        ratings=table.size,
        unseen=sum(len(one.scores) - len(shown(one).scores) for one in scored),
        unrated=tuple(one.why for one in given if isinstance(one, Unrated)),
    )


def by_rater(seen: Sequence[Seen], ratings: Ratings, raters: Sequence[str]) -> Points:
    """Ratings of every person, replicate and facet (rows) by each rater (columns); NaN missing."""
    rows = [
        [_score(ratings[one.view.id].get(rater), facet) for rater in raters]
        for one in seen
        for facet in DOMAINS[one.view.domain]
    ]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(raters))


def _score(rated: Rated | None, facet: str) -> float:
    return np.nan if rated is None else shown(rated).scores.get(facet, np.nan)


@cache
def _scale(facet: Facet) -> Scale:
    ends = facet_ends()[facet]
    return Scale(
        name=facet,
        asks=f"How high is the person on {facet.replace('_', ' ')}?",
        low=UNSEEN,
        high=5,
        anchors=((UNSEEN, "the answers do not show it"), (1, ends.low), (5, ends.high)),
    )


def _cut(answer: str, words: int) -> str:
    parts = answer.split()
    return answer if len(parts) <= words else f"{' '.join(parts[:words])} …"
