"""Runs an experiment through the engine: one run, resumable, its conditions those of the design."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from evaluation.asking import Asking
from evaluation.experiments.analyses import analysed
from evaluation.experiments.experiment import Experiment
from evaluation.experiments.observations import Observation, missing_in, observed
from evaluation.experiments.result import ExperimentResult
from evaluation.experiments.stimuli import built
from evaluation.joint_runs import finished, planned
from simulacra.domain.base import content_hash
from simulacra.domain.run import RunSpec
from simulacra.errors import InputError
from simulacra.runs.plan import estimate
from simulacra.runs.progress import Progress
from simulacra.seeds import seed_of
from simulacra.workspace import Workspace

_MARK = "experiment"


class Size(NamedTuple):
    """How much an experiment asks; ``calls`` counts neither re-asks nor repeated attempts."""

    interviews: int
    answers: int
    calls: int


class Study:
    """An experiment with the people who are asked."""

    def __init__(self, workspace: Workspace, experiment: Experiment, asking: Asking) -> None:
        """Plan it; nobody is asked yet.

        Raises:
            InputError: there are too few people for the conditions, or the model cannot be asked.
        """
        self._workspace, self._experiment, self._asking = workspace, experiment, asking
        self._built = built(experiment)
        conditions = len(self._built.design.conditions)
        people = len(set(asking.people))
        if conditions > people and not experiment.within:
            raise InputError(
                f"{experiment.name} has {conditions} conditions with people of their own, and "
                f"there are {people} people: name more with --personas"
            )
        self.spec: RunSpec = workspace.spec(
            self._built.instrument,
            asking.people,
            name=f"experiment-{experiment.name}",
            **asking.mechanism.model_dump(),
            model=asking.model,
            replicates=asking.replicates,
            seed=asking.seed,
            temperature=asking.temperature,
            concurrency=asking.concurrency,
            earlier_visible=experiment.earlier_visible,
            design=self._built.design,
            # Another version of an experiment must not go on with the run of this one.
            more={"stimuli": content_hash(experiment)[:16]},
        )

    def size(self) -> Size:
        """How much will be asked, before anything is."""
        found = estimate(self.spec)
        return Size(found.interviews, found.interviews * len(self._built.measured), found.calls)

    async def measure(
        self, on_progress: Callable[[str, Progress], None] | None = None
    ) -> ExperimentResult:
        """Ask, or go on where that stopped, and analyse.

        Raises:
            KeyboardInterrupt: the run was stopped before its end.
            FatalModelError, BudgetSpent: see ``simulacra.runs.engine.run``.
        """
        part = self._experiment.name
        run_id = planned(self._workspace, {part: self.spec}, _MARK)[part]
        await finished(self._workspace, part, run_id, on_progress)
        records = self._workspace.runs.records(run_id)
        summary = self._workspace.runs.summary(run_id)
        found = self.result(observed(records, [one.id for one in self._built.measured]))
        return found.model_copy(
            update={"runs": {part: run_id}, "calls": summary.calls, "cost": summary.cost}
        )

    def result(self, observations: Sequence[Observation]) -> ExperimentResult:
        """What the answers show."""
        experiment, asking = self._experiment, self._asking
        default = self._workspace.model(asking.model).info.default_temperature
        seed = seed_of(asking.seed, "people", experiment.name)
        found = analysed(experiment, self._built, observations, seed)
        people = {(one.condition, one.person) for one in observations}
        return ExperimentResult(
            name=experiment.name,
            title=experiment.title,
            question=experiment.question,
            analysis=experiment.analysis.kind,
            model=asking.model,
            method=self.spec.way,
            people=len(set(asking.people)),
            replicates=asking.replicates,
            seed=asking.seed,
            temperature=default if asking.temperature is None else asking.temperature,
            within=experiment.within,
            conditions={
                one.name: sum(condition == one.name for condition, _ in people)
                for one in experiment.conditions
            },
            missing=missing_in(observations),
            stimuli=len(experiment.stimuli),
            analysed=found,
            human=experiment.human,
            limits=experiment.limits,
            sources=experiment.sources,
        )
