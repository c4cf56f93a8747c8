"""Runs a planned run with a progress bar, and says how it ended."""

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from simulacra.domain.run import RunStatus, RunSummary
from simulacra.errors import InputError, SimulacraError
from ui.cli.common import error_console, finish, say

if TYPE_CHECKING:
    from simulacra.runs.progress import Progress as RunProgress
    from simulacra.workspace import Workspace


def conduct(
    workspace: "Workspace",
    run_id: str,
    again: str,
    *,
    shared: bool = False,
    concurrency: int | None = None,
) -> RunSummary:
    """Start, continue or share a run and watch it; its summary once it is done.

    ``again`` is the command that continues it. A paused or interrupted run ends the command with
    exit code 1, after that command was said; so does a failure, which is raised as it came.
    """
    from personas.checks.learned import contradiction_with

    def work(show: "Callable[[RunProgress], None]") -> RunSummary:
        return finish(
            workspace,
            lambda: workspace.run(
                run_id, show, contradiction_with, shared=shared, concurrency=concurrency
            ),
        )

    try:
        with progress_bar() as show:
            summary = work(show)
    except KeyboardInterrupt:
        say(paused(workspace.runs.summary(run_id), again))
        raise typer.Exit(1) from None
    except SimulacraError as error:
        with contextlib.suppress(SimulacraError):
            summary = workspace.runs.summary(run_id).model_copy(update={"note": ""})
            # Who was not let in has nothing to go on with.
            if summary.status is not RunStatus.RUNNING or not isinstance(error, InputError):
                say(paused(summary, again))
        raise
    if summary.status is not RunStatus.DONE:
        say(paused(summary, again))
        raise typer.Exit(1)
    return summary


def paused(summary: RunSummary, again: str) -> str:
    """How far a run came and how to go on."""
    if summary.status is RunStatus.CANCELLED:
        return f"Cancelled: {summary.done} of {summary.cells} answers kept."
    if summary.status is RunStatus.RUNNING:
        return (
            f"Left; {summary.workers} others go on: {summary.done} of {summary.cells} answers "
            f"kept. Join again with: {again}"
        )
    note = f" ({summary.note})" if summary.note else ""
    word = "Stopped" if summary.status is RunStatus.FAILED else "Paused"
    return f"{word}{note}: {summary.done} of {summary.cells} answers kept. Continue with: {again}"


@contextlib.contextmanager
def progress_bar() -> Iterator[Callable[["RunProgress"], None]]:
    """A bar on stderr with rate, cost and time left; yields what takes the events.

    Where stderr is no terminal, a line for each tenth stands in for the bar.
    """
    console = error_console()
    if not console.is_terminal:
        yield _tenths()
        return
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TextColumn("{task.fields[detail]}"),
        console=console,
    ) as bar:
        task = bar.add_task("Answers", total=None, detail="starting")

        def show(event: "RunProgress") -> None:
            bar.update(task, completed=event.done, total=event.total, detail=detail(event))

        yield show


def _tenths() -> Callable[["RunProgress"], None]:
    """Takes the events and says a line whenever another tenth is done."""
    told = -1

    def show(event: "RunProgress") -> None:
        nonlocal told
        tenth = 10 * event.done // event.total if event.total else 10
        if tenth > told:
            told = tenth
            say(f"Answers {event.done}/{event.total} · {detail(event)}")

    return show


def detail(event: "RunProgress") -> str:
    """Rate, cost, missing answers and time left in a few words."""
    parts = [f"{event.rate:.1f}/s" if event.rate >= 1 else f"{event.rate * 60:.0f}/min"]
    if event.cost:
        parts.append(f"${event.cost:.4f}")
    if event.missing:
        parts.append(f"{event.missing} missing")
    if event.workers > 1:
        parts.append(f"{event.workers} workers")
    if event.seconds_left is not None:
        parts.append(f"{clock(event.seconds_left)} left")
    return " · ".join(parts)


def clock(seconds: float) -> str:
    """Seconds as 0:07, 12:30 or 3:04:05."""
    whole = max(0, round(seconds))
    hours, minutes = divmod(whole // 60, 60)
    tail = f"{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"
    return f"{hours}:{tail}" if hours else tail
