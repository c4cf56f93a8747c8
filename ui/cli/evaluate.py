"""``simulacra evaluate``: how well people know themselves."""

from typing import TYPE_CHECKING, Annotated

import typer

from simulacra.domain.answer import MissingCode
from simulacra.domain.persona import Persona
from simulacra.domain.run import METHODS, Mechanism
from simulacra.domain.survey import Instrument
from simulacra.errors import InputError
from ui.cli import evaluate_moods, evaluate_observer, evaluate_robustness, evaluate_traits
from ui.cli.common import (
    JsonOption,
    ModelOption,
    SeedOption,
    console,
    example,
    finish,
    open_workspace,
    print_json,
    say,
    table,
)
from ui.cli.run import known_people

if TYPE_CHECKING:
    from evaluation.self_report import Answers, KindScore, SelfReportResult
    from simulacra.workspace import Workspace

app = typer.Typer(help="Evaluations of people and of their answers.", no_args_is_help=True)
evaluate_moods.register(app)
evaluate_observer.register(app)
evaluate_robustness.register(app)
evaluate_traits.register(app)


@app.command("self-report", epilog=example("simulacra evaluate self-report library --json"))
def self_report_(
    ctx: typer.Context,
    who: Annotated[str, typer.Argument(help="library, all, names with commas, or a pack.")],
    methods: Annotated[
        str, typer.Option(help="Methods with commas, such as cognitive:fused:without-memory.")
    ] = ",".join(METHODS),
    model: ModelOption = None,
    replicates: Annotated[int, typer.Option(min=1, help="Times each question is asked.")] = 1,
    seed: SeedOption = 0,
    json_: JsonOption = False,
) -> None:
    """Ask people who they are and score the answers by their keys, 0 to 100."""
    from evaluation.self_report import pooled

    chosen = [Mechanism.named(one).label for one in methods.split(",") if one.strip()]
    if not chosen:
        raise InputError(f"--methods names no method; choose from: {', '.join(METHODS)}")
    with open_workspace(ctx) as workspace:
        known = known_people(workspace, who)
        spec = model or workspace.settings.model
        results = finish(
            workspace, lambda: _scores(workspace, known, chosen, spec, replicates, seed)
        )
    whole = pooled(results)
    if json_:
        print_json({"pooled": whole.to_json(), "people": [one.to_json() for one in results]})
    else:
        for result in results:
            _show(result)
        if len(results) > 1:
            _show(whole)
    if failed := sum(one.missing.get(MissingCode.TECHNICAL, 0) for one in whole.methods):
        say(
            f"{failed} questions got no answer because the model failed; they count as wrong here, "
            "so these scores say nothing about the person. simulacra runs list names the runs."
        )
        raise typer.Exit(1)


async def _scores(
    workspace: "Workspace",
    who: str,
    methods: list[str],
    model: str,
    replicates: int,
    seed: int,
) -> "list[SelfReportResult]":
    """One result a person, one after the other."""
    from evaluation.self_report import self_report

    async def ask(
        instrument: Instrument, persona: Persona, method: str, replicates: int, seed: int
    ) -> "Answers":
        say(f"{persona.name}: {method}, {len(instrument.items)} questions")
        return await workspace.answer(
            instrument, persona, Mechanism.named(method), model, replicates, seed
        )

    results = []
    for ref in workspace.personas.select(who):
        person = workspace.personas.get(ref.id, ref.version)
        results.append(
            await self_report(person, methods, ask, model=model, replicates=replicates, seed=seed)
        )
    return results


def _show(result: "SelfReportResult") -> None:
    """A table: one row a method, what guessing and the profile alone would earn under it."""
    grid = table(
        "method", "score", "95% interval", "cloze", "single", "multiple", "story", "missing",
        "calls", "tokens",
        title=f"Self report of {', '.join(result.personas)} on {result.model}, 0 to 100",
        caption=f"chance {result.chance:.0f}, profile alone {result.profile_ceiling:.0f} "
        f"(with guesses {result.profile_ceiling_with_guessing:.0f}); "
        f"{result.questions} questions, {result.replicates} replicates",
    )  # fmt: skip
    for one in result.methods:
        kinds = [_points(one.kinds[kind]) for kind in ("cloze", "single", "multiple")]
        grid.add_row(
            one.method,
            f"{one.score:.1f}",
            f"{one.interval.low:.0f} to {one.interval.high:.0f}",
            *kinds,
            _points(one.story),
            str(sum(one.missing.values())),
            str(one.calls),
            f"{one.tokens:,}",
        )
    console().print(grid)


def _points(score: "KindScore") -> str:
    """Points of those possible."""
    return f"{score.points:g}/{score.maximum:g}"
