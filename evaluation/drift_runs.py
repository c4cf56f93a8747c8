"""Asks a person at the three stages of drift: three runs of the engine, each resumable.

The runs of one measurement share a mark in their settings. A measurement that was interrupted is
taken up where it stopped; one that is complete is never read again, so that a new one is a retest.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence

from evaluation.drift import Asked, DriftResult, drift_of
from simulacra.domain.answer import Response
from simulacra.domain.persona import Persona
from simulacra.domain.run import Method, PersonaRef, RunSpec, RunStatus
from simulacra.domain.stage import STAGES, Stage
from simulacra.domain.survey import Instrument
from simulacra.runs.plan import plan
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
    runs = planned(workspace, specs)
    answers: dict[Stage, Sequence[Mapping[str, Response]]] = {}
    for stage, run_id in runs.items():
        answers[stage] = await _answers(workspace, stage, run_id, on_progress)
    return drift_of(persona, instrument, answers, asked.model_copy(update={"runs": runs}))


def planned(workspace: Workspace, specs: Mapping[Stage, RunSpec]) -> dict[Stage, str]:
    """The runs of the newest unfinished measurement with these plans, or of a new one."""
    found: dict[str, dict[Stage, str]] = {}
    open_: set[str] = set()
    names = {spec.name: stage for stage, spec in specs.items()}
    for summary in workspace.runs.list():
        stage = names.get(summary.name)
        if stage is None or summary.status is RunStatus.CANCELLED:
            continue
        spec = workspace.runs.spec(summary.id)
        mark = spec.settings.get(_MARK)
        if isinstance(mark, str) and _marked(specs[stage], mark) == spec:
            found.setdefault(mark, {})[stage] = summary.id
            if summary.status is not RunStatus.DONE:
                open_.add(mark)
    mark = next((one for one in found if one in open_ or len(found[one]) < len(STAGES)), None)
    mark = mark or secrets.token_hex(4)
    kept = found.get(mark, {})
    runs: dict[Stage, str] = {}
    for stage, spec in specs.items():
        whole = _marked(spec, mark)
        runs[stage] = kept.get(stage) or workspace.runs.create(whole, plan(whole))
    return runs


def _marked(spec: RunSpec, mark: str) -> RunSpec:
    return spec.model_copy(update={"settings": {**spec.settings, _MARK: mark}})


async def _answers(
    workspace: Workspace,
    stage: Stage,
    run_id: str,
    on_progress: Callable[[Stage, Progress], None] | None,
) -> Sequence[Mapping[str, Response]]:
    """The responses of one stage, by replicate."""

    def heard(event: Progress) -> None:
        if on_progress is not None:
            on_progress(stage, event)

    if workspace.runs.summary(run_id).status is not RunStatus.DONE:
        summary = await workspace.run(run_id, heard)
        if summary.status is not RunStatus.DONE:
            raise KeyboardInterrupt
    latest: dict[int, dict[str, Response]] = {}
    for interview, cell in workspace.runs.records(run_id):
        latest.setdefault(interview.replicate, {})[cell.item_id] = cell.response
    return [latest[number] for number in sorted(latest)]
