"""What the commands that write and review characters share: progress, sums, findings."""

import contextlib
import shlex
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, TypeVar

import typer
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from personas.authoring.author import Step
from personas.authoring.estimate import StageEstimate
from personas.authoring.gate import ReviewNeeded
from personas.authoring.pipeline import Progress as Writing
from personas.checks.finding import Finding
from simulacra.domain.authoring import StageSum
from simulacra.domain.call import Call
from simulacra.domain.persona import Persona
from simulacra.errors import SimulacraError
from simulacra.workspace import Workspace
from ui.cli.common import again, console, error_console, finish, print_json, say, table
from ui.cli.conduct import clock

T = TypeVar("T")

ESTIMATE_NOTE = (
    "Time: at half a second and 60 tokens a second a reply. Money: by SIMULACRA_PRICES, 0 "
    "without. Replies that have to be asked for again are not foreseen."
)


class Watch:
    """Keeps count of a writing: stage, words, calls, tokens, money, seconds by stage.

    ``show`` is called whenever something changed.
    """

    def __init__(self, show: Callable[["Watch"], None]) -> None:
        self.at = Writing(stage="")
        self.calls = self.found = self.tokens = 0
        self.cost = 0.0
        self.seconds: dict[str, float] = {}
        self._show = show
        self._began = self._since = time.monotonic()

    def heard(self, progress: Writing) -> None:
        """The writing got on."""
        self._count_time()
        self.at = progress
        self._show(self)

    def on_call(self, _: Step, call: Call, bought: bool) -> None:
        """A reply came, bought now or found in the ledger."""
        self.found += not bought
        if bought:
            self.calls += 1
            self.tokens += call.usage.tokens_in + call.usage.tokens_out
            self.cost += call.cost
        self._show(self)

    def line(self) -> str:
        """All of it in a few words."""
        self._count_time()
        minutes = max(time.monotonic() - self._began, 1e-9) / 60
        parts = [f"{self.at.words:,} words"] if self.at.words else []
        parts.append(f"{self.calls} calls")
        if self.calls:
            parts += [f"{self.calls / minutes:.0f}/min", f"{self.tokens:,} tokens"]
        if self.found:
            parts.append(f"{self.found} kept from before")
        if self.cost:
            parts.append(f"${self.cost:.4f}")
        return " · ".join(parts)

    def _count_time(self) -> None:
        now = time.monotonic()
        if self.at.stage:
            spent = self.seconds.get(self.at.stage, 0.0)
            self.seconds[self.at.stage] = spent + now - self._since
        self._since = now


@contextlib.contextmanager
def watching() -> Iterator[Watch]:
    """A watch that shows on stderr: a bar in a terminal, else a line at each stage and tenth."""
    screen = error_console()
    if not screen.is_terminal:
        yield Watch(_Lines())
        return
    with Progress(
        TextColumn("{task.description:<10}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[episodes]}"),
        TextColumn("{task.fields[line]}"),
        console=screen,
    ) as bar:
        task = bar.add_task("", total=None, episodes="", line="")

        def show(watch: Watch) -> None:
            at = watch.at
            bar.update(
                task,
                description=at.stage,
                completed=at.done,
                total=at.total or None,
                episodes=f"{at.done}/{at.total}" if at.total else "",
                line=watch.line(),
            )

        yield Watch(show)


def conducted(
    ctx: typer.Context,
    workspace: Workspace,
    person: Persona,
    command: str,
    work: Callable[[Watch], Awaitable[T]],
    json_: bool,
) -> tuple[T, Watch]:
    """The result of a work, watched; one that waits or stops says how to go on, by ``command``."""
    with watching() as watch:
        try:
            made = finish(workspace, lambda: work(watch))
        except ReviewNeeded as needed:
            if json_:
                waits = needed.product.model_dump(mode="json")
                print_json({"persona": person.id, "waits_for": waits})
            review = again(ctx, f"persona review {shlex.quote(person.id)}")
            message = f"{needed} ({watch.line()}). Look at it with: {review}"
        except KeyboardInterrupt:
            message = f"Stopped: {watch.line()}, all kept. Go on with: {again(ctx, command)}"
        except SimulacraError:
            say(f"Stopped: {watch.line()}, all kept. Go on with: {again(ctx, command)}")
            raise
        else:
            return made, watch
    say(message[:1].upper() + message[1:])
    raise typer.Exit(1)


class _Lines:
    """Says a line whenever a stage begins or another tenth of its episodes is done."""

    def __init__(self) -> None:
        self._told = ("", 0)

    def __call__(self, watch: Watch) -> None:
        at = watch.at
        tenth = 10 * at.done // at.total if at.total else 0
        if at.stage and (at.stage, tenth) != self._told:
            self._told = (at.stage, tenth)
            counted = "" if at.stage == "questions" else " episodes"
            episodes = f" {at.done}/{at.total}{counted}" if at.done else ""
            say(f"{at.stage.capitalize()}{episodes} · {watch.line()}")


def estimate_table(stages: Sequence[StageEstimate]) -> Table:
    """What is expected, by stage and in all."""
    grid = table("stage", "calls", "tokens in", "tokens out", "US$", "time")
    for one in (*stages, total_estimate(stages)):
        grid.add_row(
            one.stage,
            f"{one.calls:,}",
            f"{one.tokens_in:,}",
            f"{one.tokens_out:,}",
            f"{one.cost:.4f}",
            clock(one.seconds),
        )
    return grid


def total_estimate(stages: Sequence[StageEstimate]) -> StageEstimate:
    """The sum of all stages."""
    return StageEstimate(
        stage="all",
        calls=sum(one.calls for one in stages),
        tokens_in=sum(one.tokens_in for one in stages),
        tokens_out=sum(one.tokens_out for one in stages),
        cost=sum(one.cost for one in stages),
        seconds=sum(one.seconds for one in stages),
    )


def sums_table(sums: Sequence[StageSum], expected: Sequence[StageEstimate] = ()) -> Table:
    """What was bought by stage, the estimate in brackets where there is one.

    ``model time`` adds up the replies' times; side by side they take less.
    """
    by_stage = {one.stage: one for one in expected}
    if expected:
        by_stage["all"] = total_estimate(expected)
    grid = table("stage", "calls", "tokens in", "cached", "tokens out", "US$", "model time")
    for one in (*sums, total_sum(sums)):
        of = by_stage.get(one.stage)
        grid.add_row(
            one.stage,
            _beside(f"{one.calls:,}", f"{of.calls:,}" if of else ""),
            _beside(f"{one.tokens_in:,}", f"{of.tokens_in:,}" if of else ""),
            f"{one.tokens_cached:,}",
            _beside(f"{one.tokens_out:,}", f"{of.tokens_out:,}" if of else ""),
            _beside(f"{one.cost:.4f}", f"{of.cost:.4f}" if of else ""),
            clock(one.latency),
        )
    return grid


def total_sum(sums: Sequence[StageSum]) -> StageSum:
    """The sum of all stages."""
    names = [name for name in StageSum.model_fields if name != "stage"]
    totals: dict[str, Any] = {name: sum(getattr(one, name) for one in sums) for name in names}
    return StageSum(stage="all", **totals)


def print_findings(findings: Sequence[Finding]) -> None:
    """What checks said, contradictions first."""
    ordered = sorted(findings, key=lambda one: one.severity != "contradiction")
    for one in ordered:
        where = f" [{one.episode}]" if one.episode else ""
        console().print(f"{one.severity.capitalize()}{where} {one.kind}: {one.message}")


def _beside(figure: str, expected: str) -> str:
    return f"{figure} (est. {expected})" if expected else figure
