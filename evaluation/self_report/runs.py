"""Asks people about themselves: a run of the engine for each person and method, resumable."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from evaluation.asking import Asking
from evaluation.joint_runs import answered, planned, taken
from evaluation.self_report.measure import result_of
from evaluation.self_report.questions import instrument_of
from evaluation.self_report.result import SelfReportResult
from simulacra.domain.answer import Response
from simulacra.domain.base import content_hash
from simulacra.domain.call import Usage
from simulacra.domain.persona import Persona
from simulacra.domain.run import Mechanism, PersonaRef, RunSpec
from simulacra.errors import InputError
from simulacra.runs.plan import Estimate, estimate
from simulacra.runs.progress import Progress
from simulacra.workspace import Workspace

_MARK = "self_report"


@dataclass(frozen=True)
class _Answers:
    """What one method answered, and what that took."""

    responses: Sequence[Mapping[str, Response]]
    calls: int
    usage: Usage
    seconds: float
    cost: float


class SelfReportStudy:
    """One measurement: people with questions, methods, and the runs that this takes.

    The mechanism of ``asking`` is not used: ``methods`` stand in its place.
    """

    def __init__(
        self, workspace: Workspace, asking: Asking, methods: Sequence[Mechanism]
    ) -> None:
        """Plan; nobody is asked yet.

        Raises:
            InputError: somebody has no questions, no method is named, or one twice.
        """
        labels = [one.label for one in methods]
        if not labels or len(set(labels)) != len(labels):
            raise InputError("Name at least one method, and each only once.")
        self._workspace, self._asking, self._methods = workspace, asking, tuple(methods)
        self._people = [workspace.personas.load(ref) for ref in dict.fromkeys(asking.people)]
        self.specs = self._specs()

    def size(self) -> Estimate:
        """How much all runs will ask."""
        sizes = [estimate(spec) for spec in self.specs.values()]
        return Estimate(*(sum(parts) for parts in zip(*sizes, strict=True)))

    async def measure(
        self, on_progress: Callable[[str, Progress], None] | None = None
    ) -> list[SelfReportResult]:
        """Ask, or go on where that stopped, and score; one result a person.

        Raises:
            KeyboardInterrupt: a run was stopped before its end.
            FatalModelError, BudgetSpent: see ``simulacra.runs.engine.run``.
        """
        runs = planned(self._workspace, self.specs, _MARK)
        told = {}
        for part, run_id in runs.items():
            by_replicate = await answered(self._workspace, part, run_id, on_progress)
            responses = [by_replicate[one] for one in sorted(by_replicate)]
            told[part] = _Answers(responses, **taken(self._workspace, run_id)._asdict())
        results = []
        for person in self._people:
            parts = {one.label: _part(person, one) for one in self._methods}
            found = result_of(
                person,
                {label: told[part] for label, part in parts.items()},
                model=self._asking.model,
                seed=self._asking.seed,
            )
            ids = {label: runs[part] for label, part in parts.items()}
            results.append(found.model_copy(update={"runs": ids}))
        return results

    def _specs(self) -> dict[str, RunSpec]:
        asking = self._asking
        instruments = {one.id: instrument_of(one) for one in self._people}
        # Runs of a measurement of other people or methods are not taken for those of this one.
        parts = [_part(one, method) for one in self._people for method in self._methods]
        whole = content_hash([parts, [one.hash() for one in instruments.values()]])[:16]
        return {
            _part(person, method): self._workspace.spec(
                instruments[person.id],
                [PersonaRef(id=person.id, version=person.version)],
                name=f"self-report-{_part(person, method)}".translate(_PLAIN),
                **method.model_dump(),
                model=asking.model,
                replicates=asking.replicates,
                seed=asking.seed,
                temperature=asking.temperature,
                concurrency=asking.concurrency,
                more={"self_report_of": whole},
            )
            for person in self._people
            for method in self._methods
        }


_PLAIN = str.maketrans({" ": "-", ":": "-", "+": "-"})


def _part(person: Persona, method: Mechanism) -> str:
    return f"{person.id} {method.label}"
