"""From all that was gathered to what an observer report found."""

from evaluation.observer.measures import Measures, judgements_of, reasons
from evaluation.observer.result import Description, ObserverResult, PersonFound
from evaluation.observer.study import Gathered, Observation
from evaluation.observer.targets import Played
from evaluation.observer.views import FitView
from evaluation.raters.base import Rating
from simulacra.workspace import Workspace


def found(workspace: Workspace, observation: Observation, got: Gathered) -> ObserverResult:
    """The result of a measurement."""
    asking, scenarios = observation.asking, observation.scenarios
    judgements = judgements_of(got.targets, got.ratings)
    measures, ids = Measures(judgements, asking.seed), [one.id for one in got.judged]
    summary = workspace.runs.summary(got.run_id)
    bought = workspace.authoring.sums(got.measurement)
    return ObserverResult(
        measurement=got.measurement,
        model=asking.model,
        method=observation.spec.way,
        people=tuple(_person(one, got, measures) for one in got.judged),
        replicates=asking.replicates,
        seed=asking.seed,
        raters=tuple(measures.rater(one, ids) for one in got.raters),
        player_rates=any(one.is_player for one in got.raters),
        overall=measures.both(ids),
        scenarios=tuple(measures.scenario(one, len(ids)) for one in scenarios),
        domains=measures.domains(scenarios, len(ids)),
        agreement=measures.agreement(),
        probe=measures.probe(),
        judgements=judgements,
        unanswered=_unanswered(got, len(scenarios)),
        unwritten=reasons(got.texts),
        unjudged=sum(
            not any(isinstance(one, Rating) for one in rated.values())
            for rated in got.ratings.values()
        ),
        life_words={one.id: len(one.life.split()) for one in got.judged},
        runs={"answers": got.run_id},
        calls=summary.calls + sum(one.attempts for one in bought),
        cost=summary.cost + sum(one.cost for one in bought),
    )


def _person(person: Played, got: Gathered, measures: Measures) -> PersonFound:
    names = {one.id: one.name for one in got.everybody}
    descriptions = []
    for one in got.targets:
        if one.person != person.id or not isinstance(one.view, FitView):
            continue
        rated = got.ratings[one.view.id]
        scores = {name: made.scores["fit"] if isinstance(made, Rating) else None
                  for name, made in rated.items()}  # fmt: skip
        descriptions.append(
            Description(
                of=names[person.id if one.variant == "own" else person.other or ""],
                replicate=one.replicate,
                writer=one.writer,
                text=one.view.description,
                scores=scores,
            )
        )
    return PersonFound(
        id=person.id,
        name=person.name,
        other=names.get(person.other or "", ""),
        found=measures.both([person.id]),
        descriptions=tuple(descriptions),
    )


def _unanswered(got: Gathered, scenarios: int) -> int:
    """Situations without an answer, over people and replicates."""
    return sum(scenarios - len(answers) for one in got.judged for answers in one.answers.values())
