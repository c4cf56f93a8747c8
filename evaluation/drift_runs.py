"""Asks a person at the three stages of drift: three runs of the engine, each resumable."""

from collections.abc import Callable, Mapping, Sequence

from evaluation.drift import Asked, DriftResult, drift_of
from evaluation.joint_runs import answered, planned
from simulacra.domain.answer import Response
from simulacra.domain.persona import Persona
from simulacra.domain.run import Method, PersonaRef
from simulacra.domain.stage import STAGES, Stage
from simulacra.domain.survey import Instrument
from simulacra.runs.progress import Progress
from simulacra.workspace import Workspace

_MARK = "drift"
BRIEF_NOTE = (
    "The model takes short prompts, which hold no biography and no personality sentences: the "
    "first two stages are the same to it (SIMULACRA_DETAIL=full shows it everything)."
)


def stage_methods(life: Method) -> dict[Stage, Method]:
    """The method of each stage: ``profile`` for the first two, for the life one that recalls."""
    return {"attributes": "profile", "biography": "profile", "life": life}


async def measure_drift(
    workspace: Workspace,
    persona: Persona,
    instrument: Instrument,
    *,
    model: str,
    replicates: int = 5,
    seed: int = 0,
    temperature: float | None = None,
    life: Method = "cognitive",
    concurrency: int = 8,
    on_progress: Callable[[Stage, Progress], None] | None = None,
) -> DriftResult:
    """Ask at all stages, or go on where that stopped, and measure.

    Raises:
        InputError: nothing in the instrument can shift; an interrupted run is taken up again.
        KeyboardInterrupt: a run was stopped before its end.
        FatalModelError, BudgetSpent: see ``simulacra.runs.engine.run``.
    """
    methods = stage_methods(life)
    info = workspace.model(model).info
    specs = {
        stage: workspace.spec(
            instrument,
            [PersonaRef(id=persona.id, version=persona.version)],
            name=f"drift-{persona.id}-{stage}",
            method=methods[stage],
            model=model,
            replicates=replicates,
            seed=seed,
            temperature=temperature,
            concurrency=concurrency,
            more={"stage": stage, "life": life},
        )
        for stage in STAGES
    }
    asked = Asked(
        model=model,
        replicates=replicates,
        seed=seed,
        temperature=info.default_temperature if temperature is None else temperature,
        methods=methods,
        notes=(BRIEF_NOTE,) if info.detail == "brief" else (),
    )
    nothing: dict[Stage, list[Mapping[str, Response]]] = {stage: [{}] for stage in STAGES}
    drift_of(persona, instrument, nothing, asked)  # refuses an instrument without amounts
    runs = planned(workspace, specs, _MARK)
    answers: dict[Stage, Sequence[Mapping[str, Response]]] = {}
    for stage, run_id in runs.items():
        told = await answered(workspace, stage, run_id, on_progress)
        answers[stage] = [told[one] for one in sorted(told)]
    return drift_of(persona, instrument, answers, asked.model_copy(update={"runs": runs}))
