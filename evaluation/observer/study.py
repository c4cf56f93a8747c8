"""Asks people the scenarios, and has the answers described, foreseen and judged.

The answers come through a run of the engine, the raters' calls are kept under the measurement's
name; both go on where they stopped. A measurement that is done is never read again: the next one is
a retest, bought anew.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from evaluation.asking import Asking
from evaluation.joint_runs import Answered, answered, planned
from evaluation.observer.scenarios import Scenario, instrument_of
from evaluation.observer.targets import (
    Played,
    Target,
    describe_views,
    expect_views,
    fit_targets,
    similarity_targets,
)
from evaluation.observer.views import FIT, SIMILARITY, life_of, unnamed
from evaluation.raters.base import Rater, RaterInfo, View
from evaluation.raters.forms import FilledForms, Form, forms_of
from evaluation.raters.model import ModelRater
from evaluation.raters.panel import Panel, Ratings
from simulacra.domain.answer import Answer
from simulacra.domain.authoring import WorkStatus
from simulacra.domain.base import content_hash
from simulacra.domain.persona import Persona
from simulacra.domain.run import PersonaRef, RunSpec
from simulacra.errors import InputError
from simulacra.llm.behavioural import behaviour_of
from simulacra.runs.plan import Estimate, estimate
from simulacra.runs.progress import Progress
from simulacra.seeds import seed_of
from simulacra.workspace import Workspace

ROLES = {"describe": (), "expect": (), "fit": (FIT,), "similarity": (SIMILARITY,)}
"""The scales of each role; the first two write a text."""
_OF_LIFE, _OF_ANSWERS = {"expect", "fit"}, {"describe", "similarity"}
_MARK = "observer"
_ANSWERS = "answers"

OnRun = Callable[[str, Progress], None]
OnRating = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Gathered:
    """All that was answered, written and judged in a measurement.

    ``everybody`` are those who were asked, ``judged`` those whom it is about.
    """

    measurement: str
    run_id: str
    everybody: tuple[Played, ...]
    judged: tuple[Played, ...]
    raters: tuple[RaterInfo, ...]
    described: dict[tuple[str, int], View]
    expected: dict[tuple[str, str], View]
    texts: Ratings
    targets: tuple[Target, ...]
    ratings: Ratings

    @property
    def forms(self) -> tuple[Form, ...]:
        """What people can write and judge by now; they describe the control, too."""
        views = [
            *self.described.values(),
            *self.expected.values(),
            *(target.view for target in self.targets),
        ]
        return forms_of(self.measurement, views)


class Observation:
    """One observer report: who is asked, what, and who rates."""

    def __init__(
        self,
        workspace: Workspace,
        scenarios: Sequence[Scenario],
        asking: Asking,
        raters: Sequence[str],
        *,
        forms: FilledForms | None = None,
        keep_open: bool = False,
    ) -> None:
        """``raters`` are specs of models; ``forms`` what people filled in.

        ``keep_open``: the measurement stays open when it is through, since people are still to
        rate what it gathered.

        Raises:
            InputError: nobody rates, a model cannot be opened or has no words, people rated on both
                sides, or the forms are of another measurement.
        """
        self._workspace, self.asking = workspace, asking
        self.scenarios, self._raters = tuple(scenarios), tuple(raters)
        self._forms, self._keep_open = forms, keep_open
        self._judged = [workspace.personas.load(ref) for ref in dict.fromkeys(asking.people)]
        self._everybody = [*self._judged, *self._stand_in()]
        self.spec = self._plan()
        self._account = f"observer-{content_hash(self.spec)[:12]}"
        for spec in self._raters:  # one that cannot be opened is found before anybody is asked
            workspace.model(spec)
        if any(behaviour_of(spec) for spec in (asking.model, *self._raters)):
            raise InputError(
                "simulated respondents have no words of their own: open situations need a language "
                "model to answer them, and another to rate"
            )
        if not raters and forms is None and not keep_open:
            raise InputError("nobody rates: name models with --raters, or read forms of people")
        if forms is not None:
            _check_sides(forms)
            self._check_known(forms.measurement)

    def size(self) -> tuple[Estimate, int]:
        """How much the run will ask, and how many calls the models that rate will take."""
        raters, items, times = len(self._raters), len(self.scenarios), self.asking.replicates
        people = len(self._judged)
        texts = len(self._everybody) * times + people * items
        judged = people * times * (2 * raters + items * (raters + 3))
        return estimate(self.spec), raters * (texts + judged)

    async def gather(
        self, on_run: OnRun | None = None, on_rating: OnRating | None = None
    ) -> Gathered:
        """Ask, or go on where that stopped, and have it rated.

        Raises:
            KeyboardInterrupt: the run was stopped before its end.
            ModelError, BudgetSpent: a model failed; what was bought is kept.
            InputError: forms hold rows about something that is not judged here.
            Busy: another process is at the same measurement.
        """
        with self._workspace.alone(self._account, "making the same observer report"):
            number = self._number()
            name = f"{self._account}-{number}"
            run_id = planned(self._workspace, {_ANSWERS: self.spec}, _MARK, mark=name)[_ANSWERS]
            told = await answered(self._workspace, _ANSWERS, run_id, on_run)
            gathered = await self._rated(name, run_id, self._played(told), on_rating)
            if not self._keep_open:
                self._workspace.authoring.stand(self._account, number, WorkStatus.DONE)
        return gathered

    async def _rated(
        self, name: str, run_id: str, everybody: dict[str, Played], on_rating: OnRating | None
    ) -> Gathered:
        judged = [everybody[one.id] for one in self._judged]
        described = describe_views(everybody.values(), self.scenarios)
        expected = expect_views(judged, self.scenarios)
        raters = self._open_raters(name)

        async def rated(what: str, views: Sequence[View]) -> Ratings:
            if not raters:
                return {view.id: {} for view in views}

            def heard(done: int, of: int) -> None:
                if on_rating is not None:
                    on_rating(what, done, of)

            return await Panel(raters, concurrency=self.asking.concurrency).rate(views, heard)

        texts = await rated("texts", [*described.values(), *expected.values()])
        targets = [
            *fit_targets(judged, described, texts),
            *similarity_targets(judged, everybody, self.scenarios, expected, texts),
        ]
        if self._forms is not None:
            self._forms.check_tasks([*texts, *(one.view.id for one in targets)])
        return Gathered(
            measurement=name,
            run_id=run_id,
            everybody=tuple(everybody.values()),
            judged=tuple(judged),
            raters=tuple(one.info for one in raters),
            described=described,
            expected=expected,
            texts=texts,
            targets=tuple(targets),
            ratings=await rated("judgements", [one.view for one in targets]),
        )

    def _plan(self) -> RunSpec:
        asking = self.asking
        return self._workspace.spec(
            instrument_of(self.scenarios),
            [PersonaRef(id=one.id, version=one.version) for one in self._everybody],
            name="observer-scenarios",
            **asking.mechanism.model_dump(),
            model=asking.model,
            replicates=asking.replicates,
            seed=asking.seed,
            temperature=asking.temperature,
            concurrency=asking.concurrency,
            earlier_visible=False,
        )

    def _number(self) -> int:
        """The number of the measurement that the forms name, of the unfinished or of a new one."""
        if self._forms is not None:
            return int(self._forms.measurement.rpartition("-")[2])
        return self._workspace.authoring.begin(self._account, {"kind": _MARK}).number

    def _check_known(self, measurement: str) -> None:
        """Refuse a measurement of something else, and one that is not in this workspace."""
        account, _, number = measurement.rpartition("-")
        work = self._workspace.authoring.work(self._account)
        known = [str(one + 1) for one in range(work.number if work else 0)]
        if account != self._account or number not in known:
            raise InputError(
                f"the forms are of {measurement}, which is no measurement of this kind here: give "
                "the workspace, people, model and options with which they were written"
            )

    def _open_raters(self, account: str) -> list[Rater]:
        models = [
            ModelRater.open(
                self._workspace,
                account,
                spec,
                name=name,
                player=self.asking.model,
                seed=self.asking.seed,
            )
            for name, spec in _named(self._raters)
        ]
        return [*models, *(self._forms.raters() if self._forms else ())]

    def _played(self, told: Answered) -> dict[str, Played]:
        """Everybody with their answers; the control of each is who comes next."""
        names = [one.name for one in self._everybody]
        found = {}
        for place, one in enumerate(self._everybody):
            other = self._everybody[(place + 1) % len(self._everybody)].id
            answers = {
                replicate: {
                    id_: unnamed(response.text, names)
                    for id_, response in told.get((one.id, replicate), {}).items()
                    if isinstance(response, Answer) and response.text
                }
                for replicate in range(1, self.asking.replicates + 1)
            }
            found[one.id] = Played(
                id=one.id,
                name=one.name,
                life=life_of(one),
                answers=answers,
                other=other if other != one.id else None,
            )
        return found

    def _stand_in(self) -> list[Persona]:
        """For one person alone, somebody else of the workspace as the control, by the seed."""
        if len(self._judged) > 1:
            return []
        mine = self._judged[0].id
        known = sorted(one.id for one in self._workspace.personas.list() if one.id != mine)
        if not known:
            return []
        chosen = known[seed_of(self.asking.seed, mine, "control") % len(known)]
        return [self._workspace.personas.get(chosen)]


def _named(specs: Sequence[str]) -> list[tuple[str, str]]:
    """A name for each spec: the spec itself, with a number where it comes again."""
    return [
        (spec if spec not in specs[:place] else f"{spec} #{specs[: place + 1].count(spec)}", spec)
        for place, spec in enumerate(specs)
    ]


def _check_sides(forms: FilledForms) -> None:
    """Refuse people who rated on both sides: who has read the life must not judge the answers."""
    roles: dict[str, set[str]] = {}
    for row in forms.rows:
        roles.setdefault(row.rater, set()).add(row.role)
    for rater, mine in roles.items():
        if mine & _OF_LIFE and mine & _OF_ANSWERS:
            raise InputError(
                f"{rater} filled in forms of both sides ({_listed(mine)}): who has read the life "
                "must neither describe nor judge the answers"
            )


def _listed(roles: Iterable[str]) -> str:
    return ", ".join(sorted(roles))
