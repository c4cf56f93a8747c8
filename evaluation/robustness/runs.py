"""Asks people an instrument in its own words, again as a retest, and once for each perturbation.

Every one of these is a run of the engine with the same people, seeds and settings, resumable; only
the retest has another seed.
"""

from collections.abc import Callable, Mapping, Sequence

from evaluation.answers import is_compared, scales_of
from evaluation.asking import Asking
from evaluation.joint_runs import Answered, answered, planned
from evaluation.robustness.base import Given, Perturbation, Wordings
from evaluation.robustness.measures import Effects, Three
from evaluation.robustness.perturbations import ORIGINAL, RETEST, Perturbed, perturb, unused
from evaluation.robustness.result import PerturbationResult, RobustnessResult
from simulacra.domain.answer import Missing, MissingCode, Response
from simulacra.domain.base import content_hash
from simulacra.domain.run import RunSpec
from simulacra.domain.survey import Instrument, Item
from simulacra.errors import InputError
from simulacra.runs.plan import Estimate, estimate
from simulacra.runs.progress import Progress
from simulacra.seeds import seed_of
from simulacra.survey.unroll import unrolled
from simulacra.workspace import Workspace

_MARK = "robustness"
SAME_NOTE = (
    "The retest gave the same answers as the original everywhere, so nothing here is chance of "
    "answering: ask at a temperature above 0 to see how much of the changes is more than that."
)
FEW_NOTE = "Fewer than three people: there are no intervals, so nothing can be told from chance."


class Study:
    """One measurement: an instrument, what is changed about it, and the runs that this takes."""

    def __init__(
        self,
        workspace: Workspace,
        instrument: Instrument,
        perturbations: Sequence[Perturbation],
        asking: Asking,
        wordings: Wordings | None = None,
    ) -> None:
        """Perturb the instrument; nobody is asked yet.

        Raises:
            InputError: wordings name an item that is not there, no answers can be held against each
                other, or no perturbation applies to any item.
        """
        self._workspace, self._asking = workspace, asking
        self._instrument = unrolled(instrument)
        given = Given(asking.seed, wordings or Wordings(), instrument.language)
        self._wordings = given.wordings
        if strange := unused(given, self._instrument):
            raise InputError(f"the wordings name items that are not there: {', '.join(strange)}")
        self._items = {one.id: one for one in self._instrument.items if is_compared(one)}
        if not self._items:
            raise InputError(
                f"{instrument.id} has only items whose answers cannot be held against each other"
            )
        self._perturbations = tuple(perturbations)
        self._perturbed = {
            one.name: perturb(self._instrument, one, given) for one in self._perturbations
        }
        if not any(self._compared(one) for one in self._perturbed.values()):
            raise InputError(
                f"nothing of {', '.join(self._perturbed)} applies to an item of {instrument.id}"
            )
        self.specs = self._specs()

    def size(self) -> Estimate:
        """How much all runs will ask."""
        sizes = [estimate(spec) for spec in self.specs.values()]
        return Estimate(*(sum(parts) for parts in zip(*sizes, strict=True)))

    async def measure(
        self, on_progress: Callable[[str, Progress], None] | None = None
    ) -> RobustnessResult:
        """Ask, or go on where that stopped, and measure.

        Raises:
            KeyboardInterrupt: a run was stopped before its end.
            FatalModelError, BudgetSpent: see ``simulacra.runs.engine.run``.
        """
        runs = planned(self._workspace, self.specs, _MARK)
        answers = {
            name: await answered(self._workspace, name, run_id, on_progress)
            for name, run_id in runs.items()
        }
        sums = [self._workspace.runs.summary(run_id) for run_id in runs.values()]
        found = self.result(answers)
        return found.model_copy(
            update={
                "runs": runs,
                "calls": sum(one.calls for one in sums),
                "cost": sum(one.cost for one in sums),
                "perturbations": tuple(
                    one.model_copy(update={"run": runs.get(one.name)})
                    for one in found.perturbations
                ),
            }
        )

    def result(self, answers: Mapping[str, Answered]) -> RobustnessResult:
        """What the answers show."""
        asking, info = self._asking, self._workspace.model(self._asking.model).info
        default = info.default_temperature
        return RobustnessResult(
            instrument=self._instrument.id,
            title=self._instrument.title or self._instrument.id,
            model=asking.model,
            method=next(iter(self.specs.values())).way,
            people=len(set(asking.people)),
            replicates=asking.replicates,
            seed=asking.seed,
            temperature=default if asking.temperature is None else asking.temperature,
            perturbations=tuple(self._found(one, answers) for one in self._perturbations),
            left_out=tuple(
                one.id
                for one in self._instrument.items
                if one.kind.askable and one.id not in self._items
            ),
            missing={name: self._missing(told) for name, told in answers.items()},
            supplied=self._wordings,
            notes=self._notes(answers),
        )

    def _specs(self) -> dict[str, RunSpec]:
        asking = self._asking
        ways = {ORIGINAL: self._instrument, RETEST: self._instrument}
        ways |= {
            name: one.instrument for name, one in self._perturbed.items() if self._compared(one)
        }
        # Runs of a measurement with other parts must not be taken for those of this one.
        whole = content_hash({name: one.hash() for name, one in ways.items()})[:16]
        return {
            name: self._workspace.spec(
                instrument,
                asking.people,
                name=f"robustness-{instrument.id}-{name}",
                **asking.mechanism.model_dump(),
                model=asking.model,
                replicates=asking.replicates,
                seed=seed_of(asking.seed, RETEST) if name == RETEST else asking.seed,
                temperature=asking.temperature,
                concurrency=asking.concurrency,
                more={"perturbation": name, "perturbed": whole},
            )
            for name, instrument in ways.items()
        }

    def _compared(self, perturbed: Perturbed) -> list[Item]:
        """The items that were changed and whose answers can be held against each other."""
        return [self._items[one] for one in perturbed.changed if one in self._items]

    def _found(
        self, perturbation: Perturbation, answers: Mapping[str, Answered]
    ) -> PerturbationResult:
        perturbed = self._perturbed[perturbation.name]
        items = self._compared(perturbed)
        blank = PerturbationResult(
            name=perturbation.name, what=perturbation.what, spared=perturbed.spared
        )
        if not items:
            return blank
        three = Three(
            answers[perturbation.name], answers[ORIGINAL], answers[RETEST], perturbed.back
        )
        effects = Effects(three, seed=seed_of(self._asking.seed, "people", perturbation.name))
        scales = scales_of(items)
        texts = {one.id: one.text for one in perturbed.instrument.items}
        return blank.model_copy(
            update={
                "overall": effects.of(items, id_="all items", shift=False),
                "scales": tuple(effects.of(some, id_=name) for name, some in scales.items()),
                "items": tuple(effects.of([one], id_=one.id, text=one.text) for one in items),
                "wordings": {one.id: texts[one.id] for one in items},
            }
        )

    def _missing(self, told: Answered) -> int:
        return sum(
            isinstance(response, Missing) and response.code is not MissingCode.NOT_ASKED
            for responses in told.values()
            for id_, response in responses.items()
            if id_ in self._items
        )

    def _notes(self, answers: Mapping[str, Answered]) -> tuple[str, ...]:
        notes = [FEW_NOTE] if len(set(self._asking.people)) < 3 else []
        if self._of_items(answers[ORIGINAL]) == self._of_items(answers[RETEST]):
            notes.append(SAME_NOTE)
        return tuple(notes)

    def _of_items(self, told: Answered) -> dict[tuple[str, int], dict[str, Response]]:
        return {
            cell: {id_: one for id_, one in responses.items() if id_ in self._items}
            for cell, responses in told.items()
        }
