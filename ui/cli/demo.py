"""``simulacra demo``: the main job with no set-up."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulacra.domain.answer import Missing
from simulacra.domain.base import Frozen
from simulacra.domain.persona import Persona
from simulacra.domain.run import Cell, Interview, RunStatus, seconds_by_stage
from simulacra.domain.survey import Instrument
from simulacra.errors import StorageError
from ui.cli.common import (
    JsonOption,
    ModelOption,
    SeedOption,
    again,
    console,
    example,
    open_workspace,
    options_of,
    print_json,
    read_settings,
    say,
    table,
)
from ui.cli.run import read_survey, suitable

if TYPE_CHECKING:
    from simulacra.workspace import Workspace

STUDY = "demo"
PEOPLE = "emeka-obi,inti-quispe,marta-kowalczyk"
STAGES = ("memory", "emotion", "planning", "top")


class Portrait(Frozen):
    """What one character's answers amount to.

    ``measured`` and ``assigned`` are levels from 1 to 5 by scale (None: too few answers),
    ``seconds`` the time by stage of the mechanism: recalling, then the agents' model calls.
    """

    name: str
    answers: int
    missing: int
    measured: dict[str, float | None]
    assigned: dict[str, float]
    seconds: dict[str, float]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=example("simulacra demo --out demo-study"))(demo)


def demo(
    ctx: typer.Context,
    out: Annotated[Path, typer.Option("--out", help="Folder for everything that comes out.")] = (
        Path("demo-study")
    ),
    model: ModelOption = None,
    seed: SeedOption = 0,
    json_: JsonOption = False,
) -> None:
    """Three characters answer a 24-item questionnaire; tables, files and a report come out.

    The workspace lies in the folder too, unless --workspace names another. Called again for the
    same folder, an unfinished demo is continued; after a finished one a new one is made.
    """
    from evaluation.instruments import shipped_instruments
    from ui.cli.conduct import conduct

    settings = read_settings(options_of(ctx))
    given = settings.workspace if "workspace" in settings.model_fields_set else None
    _make(out)
    with open_workspace(ctx, given or out / "workspace") as workspace:
        instrument, _ = read_survey(str(shipped_instruments()[STUDY]))
        run_id = _unfinished(workspace, instrument, model or settings.model, seed)
        if run_id:
            say(f"Continuing run {run_id}")
        else:
            run_id = _planned(workspace, instrument, model or settings.model, seed)
        summary = conduct(workspace, run_id, again(ctx, f"demo --out {out}"))
        files = _written(workspace, run_id, out)
        people = [workspace.personas.get(ref.id, ref.version) for ref in _refs(workspace, run_id)]
        portraits = portray(instrument, people, workspace.runs.records(run_id))
    if json_:
        print_json(
            {
                **summary.model_dump(mode="json"),
                "people": [one.model_dump(mode="json") for one in portraits],
                "files": [str(file) for file in files],
            }
        )
        return
    _show(portraits, files)
    print(run_id)


def _make(out: Path) -> None:
    """The folder for the files."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"cannot make the folder {out}: {error.strerror}") from None


def _refs(workspace: "Workspace", run_id: str) -> Any:
    """Who answered, in order."""
    return workspace.runs.spec(run_id).personas


def _unfinished(
    workspace: "Workspace", instrument: Instrument, model: str, seed: int
) -> str | None:
    """The newest demo run that waits to be continued and asks the same of the same model."""
    for summary in workspace.runs.list():
        if summary.name != STUDY or summary.status in (RunStatus.DONE, RunStatus.CANCELLED):
            continue
        spec = workspace.runs.spec(summary.id)
        if (spec.instrument, spec.model, spec.seed) == (instrument, model, seed):
            return summary.id
    return None


def _planned(workspace: "Workspace", instrument: Instrument, model: str, seed: int) -> str:
    """A new demo run."""
    return workspace.plan(
        instrument,
        PEOPLE,
        name=STUDY,
        method="cognitive",
        model=model,
        replicates=1,
        seed=seed,
        temperature=None,
        concurrency=suitable(workspace, model),
        max_cost=None,
    )


def _written(workspace: "Workspace", run_id: str, out: Path) -> list[Path]:
    """All files of the run and its report; what stood there before is replaced and named."""
    from evaluation.report.study import write_demo_report

    before = {path.name for path in out.iterdir() if path.is_file()}
    files = workspace.export(run_id, out)
    people = [workspace.personas.get(ref.id, ref.version) for ref in _refs(workspace, run_id)]
    report = write_demo_report(workspace.stored(run_id), people, out)
    files += [report, report.with_suffix(".json")]
    if replaced := sorted(before & {file.name for file in files}):
        say(f"Replaced in {out}: {', '.join(replaced)}")
    return files


def portray(
    instrument: Instrument,
    people: Iterable[Persona],
    records: Iterable[tuple[Interview, Cell]],
) -> list[Portrait]:
    """One portrait a person, in the order of ``people``, from the latest attempt of each cell."""
    latest: dict[str, dict[str, Cell]] = defaultdict(dict)
    for interview, cell in records:
        latest[interview.persona.id][cell.item_id] = cell
    return [_portrait(instrument, person, latest[person.id]) for person in people]


def _portrait(instrument: Instrument, person: Persona, cells: Mapping[str, Cell]) -> Portrait:
    """The portrait of one person from that person's cells by item."""
    from evaluation.traits import assigned_levels, score_big_five

    responses = {item_id: cell.response for item_id, cell in cells.items()}
    return Portrait(
        name=person.name,
        answers=len(cells),
        missing=sum(isinstance(response, Missing) for response in responses.values()),
        measured={one.scale: one.mean for one in score_big_five(instrument.items, responses)},
        assigned=assigned_levels(person),
        seconds=dict.fromkeys(STAGES, 0.0) | seconds_by_stage(cells.values()),
    )


def _show(portraits: list[Portrait], files: list[Path]) -> None:
    """The tables of the demo."""
    out = console()
    levels = table("1 to 5", title="Big Five, from the answers / as assigned")
    times = table("in all", title="Seconds by stage", caption="Recalling makes no model call.")
    for one in portraits:
        levels.add_column(one.name, justify="right")
        times.add_column(one.name, justify="right")
    for trait in portraits[0].measured:
        levels.add_row(trait, *(_pair(one.measured, one.assigned, trait) for one in portraits))
    levels.add_row("missing answers", *(f"{one.missing} of {one.answers}" for one in portraits))
    for stage in sorted({stage for one in portraits for stage in one.seconds}, key=_place):
        digits = 2 if stage == "memory" else 1  # recalling takes milliseconds
        times.add_row(stage, *(f"{one.seconds.get(stage, 0.0):.{digits}f}" for one in portraits))
    out.print(levels)
    out.print(times)
    out.print("Files (every respondent in them is simulated):")
    for file in files:
        out.print(f"  {file}", soft_wrap=True)


def _pair(measured: Mapping[str, float | None], assigned: Mapping[str, float], trait: str) -> str:
    """Two levels beside each other, a dash for one that is not known."""
    both = (measured.get(trait), assigned.get(trait))
    return " / ".join("-" if level is None else f"{level:.1f}" for level in both)


def _place(stage: str) -> tuple[int, str]:
    """The mechanism's own order of stages, others after it."""
    return (STAGES.index(stage) if stage in STAGES else len(STAGES), stage)
