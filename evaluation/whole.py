"""Every evaluation of one person, in one report; each part resumable on its own."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from evaluation import drift_section
from evaluation.asking import Asking
from evaluation.drift_runs import measure_drift
from evaluation.experiments import section as experiment_section
from evaluation.experiments.files import find as find_experiment
from evaluation.experiments.runs import Study as ExperimentStudy
from evaluation.instruments import find_instrument
from evaluation.observer import section as observer_section
from evaluation.observer.finding import found as observed
from evaluation.observer.scenarios import first
from evaluation.observer.study import Observation
from evaluation.personality import section as traits_section
from evaluation.personality.result import METHODS as WAYS
from evaluation.personality.runs import TraitsStudy
from evaluation.psychometrics import section as psychometrics_section
from evaluation.psychometrics.runs import psychometrics_of
from evaluation.robustness import section as robustness_section
from evaluation.robustness.perturbations import SHIPPED, chosen
from evaluation.robustness.runs import Study as RobustnessStudy
from evaluation.sections import EvaluationReport, Section
from evaluation.self_report import section as self_report_section
from evaluation.self_report.runs import SelfReportStudy
from simulacra.domain.base import content_hash
from simulacra.domain.persona import Persona
from simulacra.domain.run import METHODS, Mechanism
from simulacra.domain.survey import Instrument
from simulacra.errors import InputError, StorageError
from simulacra.llm.behavioural import behaviour_of
from simulacra.runs.progress import Progress
from simulacra.survey.formats import read_instrument
from simulacra.workspace import Workspace

_SECTIONS: TypeAdapter[dict[str, Section]] = TypeAdapter(dict[str, Section])
OnProgress = Callable[[str, Progress], None]
SAME_NOTE = (
    "The model that plays the person also rates it. What raters say is then not valid: name "
    "another model to rate."
)
NOT_MADE = {
    "fidelity": "it takes answers of people: simulacra evaluate fidelity",
    "comparison": "it takes two runs: simulacra compare",
}
"""What one person alone cannot be evaluated by."""


class Whole(NamedTuple):
    """One evaluation of everything: the person, how it is asked, who rates, how much of it.

    ``scenarios`` of the observer report (None: all). ``asking`` has that person alone.
    """

    workspace: Workspace
    persona: Persona
    asking: Asking
    raters: tuple[str, ...]
    scenarios: int | None = None


class Unfinished:
    """The parts that an evaluation has done, kept until all of it is: a complete one is a retest.

    They stand in ``evaluations`` of the workspace, since a run that is done is never read again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def of(cls, whole: Whole, parts: Sequence[str]) -> "Unfinished":
        """That of the same person, asked in the same way, with the same parts."""
        asked = [
            whole.persona.hash(),
            whole.asking.model_dump(mode="json", exclude={"concurrency"}),
        ]
        name = content_hash([*asked, whole.raters, whole.scenarios, sorted(parts)])[:16]
        return cls(whole.workspace.path / "evaluations" / f"{whole.persona.id}-{name}.json")

    def sections(self) -> dict[str, Section]:
        """What was done before it stopped, by part.

        Raises:
            StorageError: the file is there and cannot be read.
        """
        if not self._path.exists():
            return {}
        try:
            return _SECTIONS.validate_json(self._path.read_bytes())
        except (OSError, ValidationError):
            raise StorageError(
                f"{self._path} cannot be read: remove it, and the evaluation begins anew"
            ) from None

    def keep(self, done: Mapping[str, Section]) -> None:
        """Keep what is done by now.

        Raises:
            StorageError: it cannot be written.
        """
        draft = self._path.with_suffix(".part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(_SECTIONS.dump_json(dict(done)))
            draft.replace(self._path)
        except OSError as error:
            raise StorageError(f"{self._path} cannot be written: {error.strerror}") from None

    def end(self) -> None:
        """The evaluation is complete."""
        self._path.unlink(missing_ok=True)


async def evaluate(
    whole: Whole,
    parts: Sequence[str] = (),
    *,
    on_part: Callable[[str], None] | None = None,
    on_progress: OnProgress | None = None,
) -> EvaluationReport:
    """Make the parts (without any, all of them) one after the other.

    A part that this person does not allow, such as a self report without questions, is named in
    the report with the reason; every other failure ends the evaluation, which goes on where it
    stopped when it is made again.

    Raises:
        InputError: a part is unknown, or none of them can be made.
        KeyboardInterrupt: a run was stopped before its end.
        ModelError, BudgetSpent: see ``simulacra.runs.engine.run``.
    """
    if unknown := [one for one in parts if one not in PARTS]:
        raise InputError(f"there is no part {unknown[0]!r}; choose from: {', '.join(PARTS)}")
    unfinished = Unfinished.of(whole, parts)
    done = unfinished.sections()
    sections: list[Section] = []
    skipped: dict[str, str] = {}
    for name, make in PARTS.items():
        if parts and name not in parts:
            skipped[name] = "left out"
            continue
        if name not in done:
            if on_part is not None:
                on_part(name)
            try:
                done[name] = await make(whole, _of_part(name, on_progress))
            except InputError as error:
                skipped[name] = str(error)
                continue
            unfinished.keep(done)
        sections.append(done[name])
    if not sections:
        reasons = "; ".join(f"{name}: {why}" for name, why in skipped.items())
        raise InputError(f"nothing can be evaluated ({reasons})")
    unfinished.end()
    return EvaluationReport(
        title=f"Evaluation of {whole.persona.name}",
        model=whole.asking.model,
        people=(whole.persona.name,),
        sections=tuple(sections),
        notes=(SAME_NOTE,) if _rates_itself(whole) else (),
        skipped={**skipped, **NOT_MADE},
    )


def _rates_itself(whole: Whole) -> bool:
    """Whether the player rates; simulated respondents have no words, so nobody rates them."""
    return whole.asking.model in whole.raters and not behaviour_of(whole.asking.model)


def _of_part(name: str, on_progress: OnProgress | None) -> OnProgress | None:
    """Tells progress under the part's name, since several parts have runs of one name."""
    if on_progress is None:
        return None
    return lambda run, event: on_progress(f"{name} {run}", event)


async def _self_report(whole: Whole, heard: OnProgress | None) -> Section:
    """Whether the person knows itself, by all four methods."""
    own = whole.asking.mechanism  # first, since it is the one that is evaluated
    others = (Mechanism(method=one) for one in reversed(METHODS))
    methods = [own, *(one for one in others if one != own)]
    study = SelfReportStudy(whole.workspace, whole.asking, methods)
    return self_report_section.section_of(await study.measure(heard))


async def _observer(whole: Whole, heard: OnProgress | None) -> Section:
    """Whether others see the person in its answers."""
    observation = Observation(whole.workspace, first(whole.scenarios), whole.asking, whole.raters)
    got = await observation.gather(heard)
    return observer_section.section_of(observed(whole.workspace, observation, got))


async def _traits(whole: Whole, heard: OnProgress | None) -> Section:
    """Whether several ways to measure the same traits agree."""
    # Simulated respondents have no words to be rated by.
    ways = [one for one in WAYS if one != "interview" or not behaviour_of(whole.asking.model)]
    raters = whole.raters if "interview" in ways else ()
    study = TraitsStudy(whole.workspace, _shipped("ipip_neo_120"), whole.asking, ways, raters)
    return traits_section.section_of(await study.measure(heard))


async def _psychometrics(whole: Whole, _: OnProgress | None) -> Section:
    """How the person answers a questionnaire: the self report of traits, read once more."""
    runs = [
        one.id
        for one in whole.workspace.runs.list()
        if one.name.startswith("traits-") and _of(whole, one.id)
    ]
    if not runs:
        raise InputError("there is no self report of traits to read: evaluate traits first")
    return psychometrics_section.section_of(
        psychometrics_of(whole.workspace, runs[0], (), seed=whole.asking.seed)
    )


def _of(whole: Whole, run_id: str) -> bool:
    """Whether a run asked this person, as it is asked here, the questionnaire of traits."""
    spec = whole.workspace.runs.spec(run_id)
    same = (spec.personas, spec.mechanism, spec.model, spec.seed) == (
        whole.asking.people, whole.asking.mechanism, whole.asking.model, whole.asking.seed,
    )  # fmt: skip
    return same and spec.instrument.id == _shipped("ipip_neo_120").id


async def _robustness(whole: Whole, heard: OnProgress | None) -> Section:
    """Whether answers hold when items are put another way."""
    perturbations = chosen("", SHIPPED)
    study = RobustnessStudy(whole.workspace, _shipped("mini_ipip"), perturbations, whole.asking)
    return robustness_section.section_of(await study.measure(heard))


async def _drift(whole: Whole, heard: OnProgress | None) -> Section:
    """How far the written life moves the answers."""
    person, asking = whole.persona, whole.asking
    if not person.story and not person.memories:
        raise InputError(f"{person.name} has no life story yet, so nothing can drift")
    life = asking.mechanism.method if asking.mechanism.recalls else "cognitive"
    found = await measure_drift(
        whole.workspace,
        person,
        _shipped("mini_ipip"),
        model=asking.model,
        replicates=asking.replicates,
        seed=asking.seed,
        temperature=asking.temperature,
        life=life,
        concurrency=asking.concurrency,
        on_progress=heard,
    )
    took = [whole.workspace.runs.summary(run) for run in found.runs.values()]
    return drift_section.section_of(found).model_copy(
        update={
            "calls": sum(one.calls for one in took),
            "cost": sum(one.cost for one in took),
        }
    )


async def _conformity(whole: Whole, heard: OnProgress | None) -> Section:
    """Whether the person says what others said before."""
    study = ExperimentStudy(whole.workspace, find_experiment("conformity"), whole.asking)
    return experiment_section.section_of(await study.measure(heard))


def _shipped(name: str) -> Instrument:
    return read_instrument(find_instrument(name))[0]


PARTS: Mapping[str, Callable[[Whole, OnProgress | None], Awaitable[Section]]] = {
    "self-report": _self_report,
    "observer": _observer,
    "traits": _traits,
    "psychometrics": _psychometrics,
    "robustness": _robustness,
    "drift": _drift,
    "conformity": _conformity,
}
"""The parts in the order in which they are made; psychometrics reads what traits asked."""
