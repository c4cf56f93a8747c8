"""``simulacra persona questions``: the life becomes the questions of the self report."""

import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from simulacra.domain.persona import Persona
from ui.cli.common import (
    JsonOption,
    ModelOption,
    console,
    example,
    open_workspace,
    print_json,
    user_name,
)
from ui.cli.persona import Name

if TYPE_CHECKING:
    from personas.authoring.estimate import StageEstimate
    from personas.authoring.questioning import Questioned
    from simulacra.domain.authoring import StageSum
    from simulacra.workspace import Workspace


def register(app: typer.Typer) -> None:
    """Add the command to the group of people."""
    app.command(epilog=example("simulacra persona questions ada-byron --dry-run"))(questions)


def questions(
    ctx: typer.Context,
    name: Name,
    model: ModelOption = None,
    seed: Annotated[
        int | None,
        typer.Option(help="Another seed, other questions.", show_default="0"),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="New questions in place of those there are.")
    ] = False,
    auto_approve: Annotated[
        bool, typer.Option("--auto-approve", help="Approve them, with a mark of its own.")
    ] = False,
    reason: Annotated[
        str, typer.Option(help="With --auto-approve: why to go on over open contradictions.")
    ] = "",
    max_cost: Annotated[
        float | None, typer.Option(min=0.0, help="US dollars; the work pauses before more.")
    ] = None,
    concurrency: Annotated[int, typer.Option(min=1, help="Calls at once.")] = 16,
    by: Annotated[str | None, typer.Option(help="Who asks; without it, the user's name.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what it would take, and ask nothing.")
    ] = False,
    json_: JsonOption = False,
) -> None:
    """Make the 15 questions of the self report: five clozes, ten choices a model writes.

    The choices rest on words of the life story and on the profile. They wait for a review
    (simulacra persona review NAME) unless --auto-approve is given. No reply is paid for twice: the
    same command after any interruption goes on where it stopped.
    """
    from personas.authoring.questioning import begin_questions, question
    from personas.authoring.work import WorkOptions
    from simulacra.llm.budgets import Budget
    from ui.cli.writing import conducted

    with open_workspace(ctx) as workspace:
        person = workspace.personas.get(name)
        if dry_run:
            _say_estimate(person, _expected(workspace, person, model, concurrency), json_)
            return
        work = begin_questions(workspace, person, model=model, seed=seed, again=again)
        options = WorkOptions(
            concurrency=concurrency,
            budget=Budget(cost=max_cost),
            auto_approve=auto_approve,
            by=by or user_name(),
            reason=reason,
        )
        automatic = " --auto-approve" if auto_approve else ""
        done, _ = conducted(
            ctx,
            workspace,
            person,
            f"persona questions {shlex.quote(person.id)}{automatic}",
            lambda watch: question(
                workspace, person, work, options, on_call=watch.on_call, heard=watch.heard
            ),
            json_,
        )
        took = workspace.authoring.sums(person.id, work.created)
    _say_made(done, took, json_)


def _expected(
    workspace: "Workspace", person: Persona, model: str | None, concurrency: int
) -> "StageEstimate":
    from personas.authoring.estimate import questions_estimate

    info = workspace.model(model).info
    return questions_estimate(
        person,
        concurrency=min(concurrency, info.parallel),
        price=workspace.settings.prices.get(info.name),
        brief=info.detail == "brief",
    )


def _say_estimate(person: Persona, expected: "StageEstimate", json_: bool) -> None:
    from ui.cli.writing import ESTIMATE_NOTE, estimate_table

    if json_:
        print_json({"persona": person.id, "stages": [expected.model_dump()]})
        return
    there = f", in place of {len(person.questions)}" if person.questions else ""
    console().print(f"{person.name}: questions of the self report{there}; nothing was asked.")
    console().print(estimate_table([expected]))
    console().print(ESTIMATE_NOTE)


def _say_made(done: "Questioned", took: "list[StageSum]", json_: bool) -> None:
    """What was made, what to look at, and what it took."""
    from ui.cli.writing import print_findings, sums_table

    saved = done.persona
    profile = sum(one.basis == "profile" for one in saved.questions)
    if json_:
        print_json(
            {
                "id": saved.id,
                "version": saved.version,
                "questions": [one.model_dump(mode="json") for one in saved.questions],
                "profile": profile,
                "story": len(saved.questions) - profile,
                "findings": [one.model_dump(mode="json") for one in done.findings],
                "stages": [one.model_dump() for one in took],
            }
        )
        return
    print_findings(done.findings)
    console().print(sums_table(took))
    console().print(
        f"{saved.name} ({saved.id}, version {saved.version}): {len(saved.questions)} questions, "
        f"{profile} from the profile, {len(saved.questions) - profile} from the story."
    )
