"""Asks people for their traits in several ways, has interviews rated, and compares what comes out.

Every way is a run of the engine, resumable: the questionnaire, the interview and the situations one
each, the sentences on the functions one for each person, since these are the person's own. Ratings
are kept calls under the measurement's name. A measurement that is done is never read again: the
next one is a retest.
"""

from collections.abc import Callable, Mapping, Sequence

from evaluation.asking import Asking
from evaluation.joint_runs import Answered, answered, planned
from evaluation.personality.acquiescence import acquiescence
from evaluation.personality.functions import FunctionsResult, score_functions, summed_up
from evaluation.personality.levels import by_person, own_levels, tabled
from evaluation.personality.materials import (
    Sentence,
    interview,
    scenarios,
    sentence_instrument,
    trait_sentences,
)
from evaluation.personality.mtmm import FEWEST_PEOPLE, mtmm
from evaluation.personality.observer import Seen, agreement, observed, views
from evaluation.personality.recovery import recovered
from evaluation.personality.result import Method, TraitsResult
from evaluation.personality.scoring import DOMAIN_OF, measures_facets
from evaluation.raters.model import ModelRater
from evaluation.raters.panel import Panel, Ratings
from simulacra.domain.answer import Missing, MissingCode
from simulacra.domain.authoring import WorkStatus
from simulacra.domain.base import content_hash
from simulacra.domain.call import Call
from simulacra.domain.persona import DOMAINS, FACETS, Persona
from simulacra.domain.run import RunSpec
from simulacra.domain.survey import Instrument
from simulacra.errors import InputError
from simulacra.llm.behavioural import behaviour_of
from simulacra.runs.plan import Estimate, estimate
from simulacra.runs.progress import Progress
from simulacra.survey.unroll import unrolled
from simulacra.workspace import Workspace

_MARK = "traits"
_FUNCTIONS = "functions-"
_BIG_FIVE: tuple[Method, ...] = ("self", "interview", "scenario")
FEW_NOTE = (
    f"Fewer than {FEWEST_PEOPLE} people: nothing can be said over people. Each person's profile "
    "over the 30 facets is held against the assigned one instead."
)
OnProgress = Callable[[str, Progress], None]


class TraitsStudy:
    """One evaluation of traits: who is asked what, and who rates it."""

    def __init__(
        self,
        workspace: Workspace,
        instrument: Instrument,
        asking: Asking,
        methods: Sequence[Method],
        raters: Sequence[str] = (),
    ) -> None:
        """Plan the runs; nobody is asked yet. Without ``raters`` the people's model rates them.

        Raises:
            InputError: the questionnaire has no scales of the Big Five, simulated respondents
                should be interviewed or rate, or nobody can be asked anything.
            UnknownName: there is no model of a rater's spec.
        """
        self._workspace, self._asking = workspace, asking
        self._methods = tuple(methods)
        self._instrument = unrolled(instrument)
        self._raters = tuple(raters) or (asking.model,)
        if "interview" in methods:
            _check_raters(workspace, self._raters, asking.model)
        scales = {one.scale for one in self._instrument.items}
        if "self" in methods and not (
            measures_facets(self._instrument.items) or set(DOMAIN_OF) <= scales
        ):
            raise InputError(
                f"{instrument.id} has no scales of the Big Five: take ipip_neo_120 or mini_ipip"
            )
        self._people: dict[str, Persona] = {
            ref.id: workspace.personas.get(ref.id, ref.version) for ref in asking.people
        }
        self._sentences: dict[str, tuple[Sentence, ...]] = (
            {id_: trait_sentences(one, asking.seed) for id_, one in self._people.items()}
            if "functions" in methods
            else {}
        )
        self.specs = self._specs()
        if not self.specs:
            raise InputError("nobody here was given an order of the eight functions")

    def size(self) -> Estimate:
        """How much all runs will ask; ratings come on top."""
        sizes = [estimate(spec) for spec in self.specs.values()]
        return Estimate(*(sum(parts) for parts in zip(*sizes, strict=True)))

    @property
    def ratings(self) -> int:
        """How many calls the raters will be asked for."""
        interviews = len(self._people) * self._asking.replicates * ("interview" in self._methods)
        return interviews * len(DOMAINS) * len(self._raters)

    async def measure(self, on_progress: OnProgress | None = None) -> TraitsResult:
        """Ask and rate, or go on where that stopped, and compare.

        Raises:
            KeyboardInterrupt: a run was stopped before its end.
            FatalModelError, BudgetSpent: see ``simulacra.runs.engine.run``.
            ModelError: a rater failed; what was rated is kept.
            Busy: another process is at the same measurement.
        """
        asked = {part: content_hash(spec) for part, spec in self.specs.items()}
        account = f"traits-{content_hash({**asked, 'raters': list(self._raters)})[:12]}"
        with self._workspace.alone(account, "measuring the same traits"):
            number = self._workspace.authoring.begin(account, {"kind": _MARK}).number
            found = await self._measured(f"{account}-{number}", on_progress)
            self._workspace.authoring.stand(account, number, WorkStatus.DONE)
        return found

    async def _measured(self, name: str, on_progress: OnProgress | None) -> TraitsResult:
        runs = planned(self._workspace, self.specs, _MARK, mark=name)
        told: dict[str, Answered] = {}
        bought: list[Call] = []
        seen: list[Seen] = []
        ratings: Ratings = {}
        panel: Panel | None = None
        for part in runs:
            told[part] = await answered(
                self._workspace, part, runs[part], _told_of(part, tuple(runs), on_progress)
            )
        if "interview" in told:
            panel = self._panel(name, bought)
            seen = views(self.specs["interview"].instrument, told["interview"])
            ratings = await panel.rate([one.view for one in seen])
        sums = [self._workspace.runs.summary(run_id) for run_id in runs.values()]
        found = self.result(told, seen, ratings, panel)
        return found.model_copy(
            update={
                "runs": runs,
                "calls": sum(one.calls for one in sums) + sum(one.attempts for one in bought),
                "cost": sum(one.cost for one in sums) + sum(one.cost for one in bought),
            }
        )

    def result(
        self,
        told: Mapping[str, Answered],
        seen: Sequence[Seen] = (),
        ratings: Ratings | None = None,
        panel: Panel | None = None,
    ) -> TraitsResult:
        """What the answers and ratings show."""
        asking, seed = self._asking, self._asking.seed
        levels = self._levels(told, seen, ratings or {})
        assigned = {
            id_: {**one.personality.facets, **one.personality.domain_levels()}
            for id_, one in self._people.items()
        }
        with_facets = {
            method: [facet for facet in FACETS if any(facet in one for one in by.values())]
            for method, by in levels.items()
        }
        first = next(iter(self.specs.values()))
        return TraitsResult(
            instrument=self._instrument.id,
            title=self._instrument.title or self._instrument.id,
            model=asking.model,
            method=first.way,
            methods=self._methods,
            people={id_: one.name for id_, one in self._people.items()},
            replicates=asking.replicates,
            seed=seed,
            levels=tabled({"assigned": assigned, **levels}),
            mtmm=mtmm(levels, tuple(DOMAINS), self._parts(with_facets), seed=seed),
            recovery=tuple(
                recovered(method, assigned, by, tuple(DOMAINS), with_facets[method], seed=seed)
                for method, by in levels.items()
            ),
            functions=self._functions(told) if self._sentences else None,
            acquiescence=(
                acquiescence(
                    self._instrument.items, self._groups(), by_person(told["self"]), seed=seed
                )
                if "self" in told
                else None
            ),
            observers=agreement(panel.members, seen, ratings or {}) if panel else None,
            missing={part: _missing(one) for part, one in told.items()},
            notes=(FEW_NOTE,) if len(self._people) < FEWEST_PEOPLE else (),
        )

    def _specs(self) -> dict[str, RunSpec]:
        asked: dict[str, tuple[Instrument, Sequence[str]]] = {}
        everybody = tuple(self._people)
        if "self" in self._methods:
            asked["self"] = (self._instrument, everybody)
        if "interview" in self._methods:
            asked["interview"] = (interview(), everybody)
        if "scenario" in self._methods:
            asked["scenario"] = (scenarios().instrument(), everybody)
        for id_, sentences in self._sentences.items():
            if sentences:
                asked[f"{_FUNCTIONS}{id_}"] = (sentence_instrument(sentences), (id_,))
        asking = self._asking
        return {
            part: self._workspace.spec(
                instrument,
                [ref for ref in asking.people if ref.id in who],
                name=f"traits-{part}",
                **asking.mechanism.model_dump(),
                model=asking.model,
                replicates=asking.replicates,
                seed=asking.seed,
                temperature=asking.temperature,
                concurrency=asking.concurrency,
            )
            for part, (instrument, who) in asked.items()
        }

    def _panel(self, account: str, bought: list[Call]) -> Panel:
        def heard(_step: object, call: Call, _new: bool) -> None:
            bought.append(call)  # what was bought before a stop belongs to it too

        raters = [
            ModelRater.open(
                self._workspace,
                account,
                spec,
                player=self._asking.model,
                seed=self._asking.seed,
                on_call=heard,
            )
            for spec in self._raters
        ]
        return Panel(raters, concurrency=self._asking.concurrency)

    def _levels(
        self, told: Mapping[str, Answered], seen: Sequence[Seen], ratings: Ratings
    ) -> dict[str, dict[str, dict[str, float]]]:
        """Levels by method, person and trait, in the order of the methods."""
        found: dict[str, dict[str, dict[str, float]]] = {}
        for method in _BIG_FIVE:
            if method not in told:
                continue
            if method == "interview":
                found[method] = observed(seen, ratings)
            else:
                instrument = self.specs[method].instrument
                found[method] = {
                    person: own_levels(instrument, replicates)
                    for person, replicates in by_person(told[method]).items()
                }
        return found

    def _functions(self, told: Mapping[str, Answered]) -> FunctionsResult:
        seed = self._asking.seed
        scores = [
            score_functions(
                id_,
                self._people[id_].personality.functions,
                sentences,
                list(told[f"{_FUNCTIONS}{id_}"].values()),
                seed=seed,
            )
            for id_, sentences in self._sentences.items()
            if sentences
        ]
        without = [id_ for id_, sentences in self._sentences.items() if not sentences]
        return summed_up(scores, without, seed=seed)

    def _groups(self) -> dict[str, str]:
        """The domain of each scale of the questionnaire."""
        if measures_facets(self._instrument.items):
            return {facet: domain for domain, facets in DOMAINS.items() for facet in facets}
        return dict(DOMAIN_OF)

    def _parts(self, with_facets: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
        """The facets of each domain, where all methods have them."""
        if not all(len(facets) == len(FACETS) for facets in with_facets.values()):
            return {}
        return dict(DOMAINS)


def _check_raters(workspace: Workspace, raters: Sequence[str], player: str) -> None:
    """Refuses, before anything is asked, what could not be rated afterwards."""
    if behaviour_of(player):
        raise InputError("simulated respondents have no words to be rated by: leave out interview")
    if twice := sorted({one for one in raters if raters.count(one) > 1}):
        raise InputError(f"the rater {twice[0]} is named twice")
    for spec in raters:
        workspace.model(spec)
        if behaviour_of(spec):
            raise InputError(f"{spec} is no language model: it cannot rate an interview")


def _told_of(part: str, order: Sequence[str], on_progress: OnProgress | None) -> OnProgress | None:
    """Who hears of the progress of a part: the many runs on functions are told as one."""
    if on_progress is None or not part.startswith(_FUNCTIONS):
        return on_progress
    runs = [one for one in order if one.startswith(_FUNCTIONS)]

    def heard(_: str, event: Progress) -> None:
        if event.done == event.total:
            place = {"done": runs.index(part) + 1, "total": len(runs)}
            on_progress("functions, people", event.model_copy(update=place))

    return heard


def _missing(told: Answered) -> int:
    return sum(
        isinstance(response, Missing) and response.code is not MissingCode.NOT_ASKED
        for responses in told.values()
        for response in responses.values()
    )
