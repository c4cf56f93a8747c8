"""Several runs that make one measurement: planned together, each resumable.

The runs of one measurement share a mark in their settings. A measurement that was interrupted is
taken up where it stopped; one that is complete is never read again, so that a new one is a retest.
"""

import secrets
from collections.abc import Callable, Mapping
from typing import TypeVar

from simulacra.domain.answer import Response
from simulacra.domain.run import RunSpec, RunStatus
from simulacra.runs.plan import plan
from simulacra.runs.progress import Progress
from simulacra.workspace import Workspace

Part = TypeVar("Part", bound=str)
Answered = dict[tuple[str, int], dict[str, Response]]
"""The responses by item id, for each person (id) and replicate."""


def planned(
    workspace: Workspace, specs: Mapping[Part, RunSpec], kind: str, mark: str | None = None
) -> dict[Part, str]:
    """The runs of the newest unfinished measurement with these plans, or of a new one.

    ``kind`` names the setting that holds the mark; the plans have names of their own. Where more
    than runs belongs to a measurement, whoever knows it gives its ``mark``, and its runs are taken
    whether they are done or not.
    """
    found: dict[str, dict[Part, str]] = {}
    open_: set[str] = set()
    names = {spec.name: part for part, spec in specs.items()}
    for summary in workspace.runs.list():
        part = names.get(summary.name)
        if part is None or summary.status is RunStatus.CANCELLED:
            continue
        spec = workspace.runs.spec(summary.id)
        its = spec.settings.get(kind)
        if isinstance(its, str) and _marked(specs[part], kind, its) == spec:
            found.setdefault(its, {})[part] = summary.id
            if summary.status is not RunStatus.DONE:
                open_.add(its)
    unfinished = (one for one in found if one in open_ or len(found[one]) < len(specs))
    mark = mark or next(unfinished, None) or secrets.token_hex(4)
    kept = found.get(mark, {})
    runs: dict[Part, str] = {}
    for part, spec in specs.items():
        whole = _marked(spec, kind, mark)
        runs[part] = kept.get(part) or workspace.runs.create(whole, plan(whole))
    return runs


async def answered(
    workspace: Workspace,
    part: Part,
    run_id: str,
    on_progress: Callable[[Part, Progress], None] | None,
) -> Answered:
    """The responses of one run, which is gone on with where it is not done.

    Raises:
        KeyboardInterrupt: it was stopped before its end.
        FatalModelError, BudgetSpent: see ``simulacra.runs.engine.run``.
    """

    def heard(event: Progress) -> None:
        if on_progress is not None:
            on_progress(part, event)

    if workspace.runs.summary(run_id).status is not RunStatus.DONE:
        summary = await workspace.run(run_id, heard)
        if summary.status is not RunStatus.DONE:
            raise KeyboardInterrupt
    latest: Answered = {}
    for interview, cell in workspace.runs.records(run_id):
        key = (interview.persona.id, interview.replicate)
        latest.setdefault(key, {})[cell.item_id] = cell.response
    return latest


def _marked(spec: RunSpec, kind: str, mark: str) -> RunSpec:
    return spec.model_copy(update={"settings": {**spec.settings, kind: mark}})
