"""``simulacra persona review``: what waits, what is wrong with it, and what is decided."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import click
import typer

from simulacra.domain.authoring import Decision, Product, Review
from simulacra.errors import InputError
from ui.cli.common import (
    ByOption,
    JsonOption,
    ReasonOption,
    again,
    console,
    example,
    open_workspace,
    print_json,
    say,
    table,
    user_name,
)
from ui.cli.persona import Name

if TYPE_CHECKING:
    from simulacra.domain.persona import Persona
    from simulacra.workspace import Workspace

_KEYS = "[a]pprove  [e]dit  [r]eject  [g]enerate anew  [q]uit"


def register(app: typer.Typer) -> None:
    """Add the command to the group of people."""
    app.command(epilog=example("simulacra persona review ada-byron --approve --by kim"))(review)


def review(
    ctx: typer.Context,
    name: Name,
    approve: Annotated[bool, typer.Option("--approve", help="Let it pass as it is.")] = False,
    edit: Annotated[
        bool, typer.Option("--edit", help="Change it in $EDITOR, and let that pass.")
    ] = False,
    edit_file: Annotated[
        Path | None, typer.Option("--edit-file", help="Let the text of a file pass in its place.")
    ] = None,
    reject: Annotated[
        str | None, typer.Option(help="Send it back; the reason goes to the writer.")
    ] = None,
    regenerate: Annotated[
        bool, typer.Option("--regenerate", help="Have it, and what follows, written anew.")
    ] = False,
    stage: Annotated[
        str | None,
        typer.Option(help="With --regenerate: from this stage on, also when it was approved."),
    ] = None,
    reason: ReasonOption = "",
    by: ByOption = None,
    history: Annotated[
        bool, typer.Option("--history", help="Every decision so far, and nothing else.")
    ] = False,
    json_: JsonOption = False,
) -> None:
    """Show what waits for a review, and decide about it.

    Without an option that decides, a terminal asks; elsewhere the text is shown and left waiting.
    """
    from personas.authoring.work import decide_on
    from personas.checks.door import check_persona

    chosen = _chosen(approve, edit or edit_file is not None, reject, regenerate)
    with open_workspace(ctx) as workspace:
        person = workspace.personas.get(name)
        if history:
            _history(workspace.authoring.reviews(person.id), json_)
            return
        if stage is not None and chosen is not Decision.REGENERATED:
            raise InputError("--stage goes with --regenerate")
        product = _pending(workspace, person, stage)
        if chosen is None:
            _show(product, json_)
            if json_ or not sys.stdin.isatty():
                return
            chosen, reason, reject = _ask(reason)
            if chosen is None:
                return
        text = _edited(product, edit_file) if chosen is Decision.EDITED else None
        row = decide_on(
            workspace,
            person,
            product,
            chosen,
            by=by or user_name(),
            reason=reject or reason,
            text=text,
            check=check_persona,
        )
    if json_:
        print_json(row.model_dump(mode="json"))
        return
    console().print(f"{row.stage} {row.part}".strip() + f": {row.decision} by {row.by}.")
    say(f"Go on with: {again(ctx, f'persona {_command(row.stage)} {shlex.quote(person.id)}')}")


def _command(stage: str) -> str:
    """The command that goes on after a decision about a stage."""
    return "questions" if stage == "questions" else "write"


def _chosen(approve: bool, edit: bool, reject: str | None, regenerate: bool) -> Decision | None:
    """The one decision that the options name."""
    given = [
        decision
        for decision, there in (
            (Decision.APPROVED, approve),
            (Decision.EDITED, edit),
            (Decision.REJECTED, reject is not None),
            (Decision.REGENERATED, regenerate),
        )
        if there
    ]
    if len(given) > 1:
        raise InputError("choose one of --approve, --edit, --reject and --regenerate")
    return given[0] if given else None


def _pending(workspace: "Workspace", person: "Persona", stage: str | None) -> Product:
    """What waits; or the newest reviewed product of a stage that is to be written anew."""
    if stage is not None:
        rows = [row for row in workspace.authoring.reviews(person.id) if row.stage == stage]
        if not rows:
            raise InputError(f"nothing of the stage {stage!r} of {person.name} was reviewed yet")
        product = workspace.authoring.product(person.id, rows[-1].product)
        return product.model_copy(update={"part": ""})
    work = workspace.authoring.work(person.id)
    if work is None or work.product is None:
        raise InputError(
            f"nothing of {person.name} waits for a review; "
            f"write with: simulacra persona write {shlex.quote(person.id)}"
        )
    return workspace.authoring.product(person.id, work.product)


def _show(product: Product, json_: bool) -> None:
    from personas.authoring.gate import title_of
    from personas.checks.finding import Finding
    from ui.cli.writing import print_findings

    if json_:
        print_json({**product.model_dump(mode="json"), "hash": product.hash})
        return
    console().print(f"Waiting: {title_of(product)}\n")
    console().print(product.text)
    print_findings([Finding.model_validate(one) for one in product.findings])


def _ask(reason: str) -> tuple[Decision | None, str, str | None]:
    """Ask at the terminal: the decision, its reason, and that of a rejection."""
    keys = {
        "a": Decision.APPROVED,
        "e": Decision.EDITED,
        "r": Decision.REJECTED,
        "g": Decision.REGENERATED,
    }
    while True:
        key = typer.prompt(_KEYS, prompt_suffix=" > ", err=True).strip().lower()[:1]
        if key == "q":
            return None, reason, None
        if key in keys:
            break
    why = reason or typer.prompt("Reason", default="", show_default=False, err=True)
    return keys[key], why, None


def _edited(product: Product, file: Path | None) -> str:
    """The text in place of the product's, from a file or from the editor."""
    if file is not None:
        try:
            return file.read_text(encoding="utf-8")
        except OSError as error:
            raise InputError(f"cannot be read ({error.strerror})", path=file) from None
        except UnicodeDecodeError:
            raise InputError("is not UTF-8 text", path=file) from None
    ending = ".yaml" if product.stage in ("outline", "facts", "memories", "questions") else ".md"
    try:
        text = click.edit(product.text, extension=ending)
    except click.ClickException as error:
        raise InputError(
            f"the editor failed ({error.format_message()}): set EDITOR to one that works, "
            "or give the text by --edit-file"
        ) from None
    except UnicodeDecodeError:
        raise InputError("the editor left no UTF-8 text: save it as UTF-8") from None
    if text is None:
        raise InputError("the text was not changed: approve it, or edit it again")
    return text


def _history(rows: list[Review], json_: bool) -> None:
    if json_:
        print_json([row.model_dump(mode="json") for row in rows])
        return
    grid = table("when", "stage", "part", "decision", "by", "reason")
    for row in rows:
        when = f"{row.at:%Y-%m-%d %H:%M:%S}"
        grid.add_row(when, row.stage, row.part, row.decision, row.by, row.reason)
    console().print(grid)
