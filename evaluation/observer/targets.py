"""What is written and judged in an observer report: views, each with what it stands for."""

from collections.abc import Iterable, Mapping, Sequence

from evaluation.observer.probe import Variant, flattered, padded
from evaluation.observer.scenarios import Scenario
from evaluation.observer.views import (
    AnswersView,
    Exchange,
    ExpectView,
    FitView,
    SimilarityView,
    unnamed,
)
from evaluation.raters.base import Rating, View
from evaluation.raters.panel import Ratings
from simulacra.domain.base import Frozen


class Played(Frozen):
    """A person who was asked: the life, and the answers by replicate and scenario, without names.

    ``other`` is the id of the person whose answers stand in for theirs as a control, None where
    nobody else was asked.
    """

    id: str
    name: str
    life: str
    answers: dict[int, dict[str, str]]
    other: str | None = None


class Target(Frozen):
    """Something to be judged, and what it stands for; ``scenario`` is empty for a description."""

    view: View
    person: str
    replicate: int
    variant: Variant
    writer: str
    scenario: str = ""


def describe_views(
    people: Iterable[Played], scenarios: Sequence[Scenario]
) -> dict[tuple[str, int], View]:
    """The answers of each person and replicate, to be described; without any, there is no view."""
    views: dict[tuple[str, int], View] = {}
    for person in people:
        for replicate, answers in person.answers.items():
            exchanges = tuple(
                Exchange(situation=one.text, answer=answers[one.id])
                for one in scenarios
                if one.id in answers
            )
            if exchanges:
                views[person.id, replicate] = AnswersView(exchanges=exchanges)
    return views


def expect_views(
    people: Iterable[Played], scenarios: Sequence[Scenario]
) -> dict[tuple[str, str], View]:
    """Each person's life with each scenario, for which an answer is to be foreseen."""
    return {
        (person.id, one.id): ExpectView(life=person.life, situation=one.text)
        for person in people
        for one in scenarios
    }


def fit_targets(
    judged: Iterable[Played], described: Mapping[tuple[str, int], View], texts: Ratings
) -> list[Target]:
    """Every description of a person beside the life, and as a control every one of another."""
    return [
        Target(
            view=FitView(life=person.life, description=text),
            person=person.id,
            replicate=replicate,
            variant=variant,
            writer=writer,
        )
        for person in judged
        for variant, of in (("own", person.id), ("other", person.other))
        for (id_, replicate), view in described.items()
        if id_ == of
        for writer, text in _written(view, texts)
    ]


def similarity_targets(
    judged: Iterable[Played],
    everybody: Mapping[str, Played],
    scenarios: Sequence[Scenario],
    expected: Mapping[tuple[str, str], View],
    texts: Ratings,
) -> list[Target]:
    """Every answer beside each one that was expected; its variants beside the first of these."""
    found: list[Target] = []
    for person in judged:
        for one in scenarios:
            written = _written(expected[person.id, one.id], texts)
            for number, (writer, text) in enumerate(written):
                foreseen = unnamed(text, [person.name])
                for replicate in person.answers:
                    found += [
                        Target(
                            view=SimilarityView(situation=one.text, expected=foreseen, given=given),
                            person=person.id,
                            replicate=replicate,
                            variant=variant,
                            writer=writer,
                            scenario=one.id,
                        )
                        for variant, given in _given(person, everybody, replicate, one.id)
                        if variant == "own" or number == 0
                    ]
    return found


def _given(
    person: Played, everybody: Mapping[str, Played], replicate: int, scenario: str
) -> list[tuple[Variant, str]]:
    """The answer and its variants, as far as there are any."""
    found: list[tuple[Variant, str]] = []
    own = person.answers[replicate].get(scenario)
    if own is not None:
        found += [("own", own), ("padded", padded(own)), ("flattered", flattered(own))]
    if person.other is not None:
        strange = everybody[person.other].answers.get(replicate, {}).get(scenario)
        if strange is not None:
            found.append(("other", strange))
    return found


def _written(view: View, texts: Ratings) -> list[tuple[str, str]]:
    """Who wrote what for a view, in the order of the raters."""
    rated = texts.get(view.id, {}).items()
    return [(rater, one.text) for rater, one in rated if isinstance(one, Rating) and one.text]
