"""``simulacra persona write`` and ``persona cost``: a life from outline to memories, its price."""

import shlex
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulacra.domain.persona import Persona
from simulacra.errors import InputError
from ui.cli.common import (
    MOST_SEED,
    AutoApproveOption,
    DryRunOption,
    JsonOption,
    ModelOption,
    ReasonOption,
    again,
    console,
    example,
    open_workspace,
    print_json,
    say,
    user_name,
)
from ui.cli.persona import Name

if TYPE_CHECKING:
    from personas.authoring.estimate import StageEstimate
    from personas.authoring.pipeline import Written
    from personas.authoring.settings import WriteSettings
    from personas.authoring.work import WorkOptions
    from simulacra.domain.authoring import StageSum, Work
    from simulacra.workspace import Workspace
    from ui.cli.writing import Watch


def register(app: typer.Typer) -> None:
    """Add the commands to the group of people."""
    app.command(epilog=example("simulacra persona write ada-byron --words 10000 --auto-approve"))(
        write
    )
    app.command(epilog=example("simulacra persona cost ada-byron"))(cost)


def write(
    ctx: typer.Context,
    name: Name,
    words: Annotated[
        int | None,
        typer.Option(
            min=200, max=1_000_000, help="Words of the story, within a tenth.", show_default="10000"
        ),
    ] = None,
    strategy: Annotated[
        str | None,
        typer.Option(
            help="outline (episodes side by side) or paper (iterative expansion).",
            show_default="outline",
        ),
    ] = None,
    model: ModelOption = None,
    seed: Annotated[
        int | None,
        typer.Option(
            min=0, max=MOST_SEED, help="Decides draws and the model's seeds.", show_default="0"
        ),
    ] = None,
    temperature: Annotated[
        float | None, typer.Option(min=0.0, help="Without it, the model's own default.")
    ] = None,
    gate_every: Annotated[
        int | None,
        typer.Option(
            min=0, help="Expansions between reviews of the story; 0: none.", show_default="10"
        ),
    ] = None,
    auto_approve: AutoApproveOption = False,
    reason: ReasonOption = "",
    max_cost: Annotated[
        float | None, typer.Option(min=0.0, help="US dollars; the work pauses before more.")
    ] = None,
    max_calls: Annotated[
        int | None, typer.Option(min=1, help="Model calls; the work pauses before more.")
    ] = None,
    max_tokens: Annotated[
        int | None, typer.Option(min=1, help="Tokens in and out; the work pauses before more.")
    ] = None,
    concurrency: Annotated[int, typer.Option(min=1, help="Calls at once.")] = 16,
    dry_run: DryRunOption = False,
    json_: JsonOption = False,
) -> None:
    """Write a person's life: outline, biography, story, facts, memories. A work goes on.

    Each stage waits for a review (simulacra persona review NAME) unless --auto-approve is given.
    No reply is paid for twice: the same command after any interruption goes on where it stopped.
    """
    from personas.authoring.work import WorkOptions, begin
    from simulacra.llm.budgets import Budget

    choices = {
        "words": words,
        "strategy": strategy,
        "seed": seed,
        "temperature": temperature,
        "gate_every": gate_every,
    }
    with open_workspace(ctx) as workspace:
        person = workspace.personas.get(name)
        settings, spec = _settings(workspace, person, choices, model)
        expected = _expected(workspace, person, settings, spec, concurrency)
        if dry_run:
            _say_estimate(person, settings, spec, expected, json_)
            return
        options = WorkOptions(
            concurrency=concurrency,
            budget=Budget(calls=max_calls, tokens=max_tokens, cost=max_cost),
            auto_approve=auto_approve,
            by=user_name(),
            reason=reason,
        )
        work = begin(workspace, person, settings, spec)
        written, watch = _conduct(ctx, workspace, person, work, options, json_)
        sums = workspace.authoring.sums(person.id, work.created)
    _say_written(written, sums, expected, watch, json_)
    _say_next(ctx, written)


def _settings(
    workspace: "Workspace", person: Persona, choices: dict[str, Any], model: str | None
) -> "tuple[WriteSettings, str]":
    """What was asked for; left out, that of the unfinished work, else the defaults."""
    from pydantic import ValidationError

    from personas.authoring.settings import WriteSettings
    from personas.authoring.work import settings_of, unfinished

    work = unfinished(workspace, person)
    base, spec = settings_of(work) if work else (WriteSettings(), workspace.settings.model)
    given = {key: value for key, value in choices.items() if value is not None}
    try:
        settings = WriteSettings.model_validate({**base.model_dump(), **given})
    except ValidationError as error:
        first = error.errors()[0]
        option = str(first["loc"][0]).replace("_", "-")
        raise InputError(f"--{option}: {first['msg']}") from None
    return settings, model or spec


def _expected(
    workspace: "Workspace", person: Persona, settings: "WriteSettings", spec: str, concurrency: int
) -> "list[StageEstimate]":
    from personas.authoring.estimate import estimate

    info = workspace.model(spec).info
    price = workspace.settings.prices.get(info.name)
    brief = info.detail == "brief"
    at_once = min(concurrency, info.parallel)
    return estimate(person, settings, concurrency=at_once, price=price, brief=brief)


def _say_estimate(
    person: Persona,
    settings: "WriteSettings",
    spec: str,
    expected: "list[StageEstimate]",
    json_: bool,
) -> None:
    from ui.cli.writing import ESTIMATE_NOTE, estimate_table

    if json_:
        print_json(
            {
                "persona": person.id,
                "model": spec,
                "settings": settings.model_dump(mode="json"),
                "stages": [one.model_dump() for one in expected],
            }
        )
        return
    console().print(
        f"{person.name}: {settings.words:,} words by the strategy {settings.strategy} on {spec}; "
        "nothing was asked."
    )
    console().print(estimate_table(expected))
    console().print(ESTIMATE_NOTE)


def _conduct(
    ctx: typer.Context,
    workspace: "Workspace",
    person: Persona,
    work: "Work",
    options: "WorkOptions",
    json_: bool,
) -> "tuple[Written, Watch]":
    """Write, watched; a work that stops says how to go on."""
    from personas.authoring.work import write
    from personas.checks.door import contradictions
    from ui.cli.writing import conducted

    automatic = " --auto-approve" if options.auto_approve else ""
    return conducted(
        ctx,
        workspace,
        person,
        f"persona write {shlex.quote(person.id)}{automatic}",
        lambda watch: write(
            workspace,
            person,
            work,
            options,
            check=contradictions,
            on_call=watch.on_call,
            heard=watch.heard,
        ),
        json_,
    )


def _say_written(
    written: "Written",
    sums: "list[StageSum]",
    expected: "list[StageEstimate]",
    watch: "Watch",
    json_: bool,
) -> None:
    from ui.cli.writing import print_findings, sums_table

    saved = written.persona
    if json_:
        print_json(
            {
                "id": saved.id,
                "version": saved.version,
                "story_words": saved.story_words,
                "episodes": len(saved.episodes),
                "facts": len(saved.facts),
                "memories": len(saved.memories),
                "findings": [one.model_dump(mode="json") for one in written.findings],
                "stages": [one.model_dump() for one in sums],
                "estimate": [one.model_dump() for one in expected],
                "seconds": watch.seconds,
            }
        )
        return
    print_findings(written.findings)
    console().print(sums_table(sums, expected))
    console().print(
        f"{saved.name} ({saved.id}, version {saved.version}): {saved.story_words:,} words, "
        f"{len(saved.episodes)} episodes, {len(saved.facts)} facts, "
        f"{len(saved.memories)} memories, {sum(watch.seconds.values()):.1f} s."
    )


def _say_next(ctx: typer.Context, written: "Written") -> None:
    """What a written person lacks, and the commands that make it."""
    person = written.persona
    steps = []
    if len(person.memories) < len(person.episodes):
        steps.append(("missing memories", "remember", ""))
    if not any(one.basis == "story" for one in person.questions):
        steps.append(("self-report questions", "questions", " --again" if person.questions else ""))
    for what, command, option in steps:
        next_ = again(ctx, f"persona {command} {shlex.quote(person.id)}{option}")
        say(f"Next, for {what}: {next_}")


def cost(ctx: typer.Context, name: Name, json_: JsonOption = False) -> None:
    """What making a person took: calls, tokens, money and model time by stage."""
    from ui.cli.writing import sums_table, total_sum

    with open_workspace(ctx) as workspace:
        person = workspace.personas.find(name)
        sums = workspace.authoring.sums(person.id)
    if json_:
        stages = [one.model_dump() for one in sums]
        print_json({"id": person.id, "stages": stages, "all": total_sum(sums).model_dump()})
        return
    if not sums:
        console().print(f"Nothing was bought for {person.id}.")
        return
    console().print(sums_table(sums))
