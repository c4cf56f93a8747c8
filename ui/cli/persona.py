"""``simulacra persona``: the people of the workspace."""

from pathlib import Path
from typing import Annotated

import typer

from simulacra.domain.persona import Persona
from ui.cli.common import (
    JsonOption,
    NameArgument,
    console,
    example,
    open_workspace,
    print_json,
    print_rows,
    say,
    table,
)

app = typer.Typer(
    help="People: list, show, sample, write, check, edit, import, export.", no_args_is_help=True
)

Name = NameArgument


@app.command("list", epilog=example("simulacra persona list --json"))
def list_(ctx: typer.Context, json_: JsonOption = False) -> None:
    """Everybody in the workspace."""
    with open_workspace(ctx) as workspace:
        found = workspace.personas.list()
    if json_:
        print_json([one.model_dump(mode="json") for one in found])
        return
    print_rows(
        ("id", "name", "gender", "age", "source", "words", "memories"),
        [
            (
                one.id,
                one.name,
                one.gender,
                str(one.age),
                one.source,
                f"{one.story_words:,}",
                str(one.memories),
            )
            for one in found
        ],
    )


@app.command(epilog=example('simulacra persona show "Marta Kowalczyk"'))
def show(
    ctx: typer.Context,
    name: Name,
    version: Annotated[
        int | None, typer.Option(min=1, help="An earlier version; without it, the newest.")
    ] = None,
    json_: JsonOption = False,
) -> None:
    """One person: profile, personality, life and memories."""
    from personas.editing.history import stale

    with open_workspace(ctx) as workspace:
        person = workspace.personas.get(name, version)
        parts = stale(person, workspace.changes.list(person.id))
    if json_:
        facts = person.model_dump(mode="json")
        profile = facts["profile"]
        print_json(
            {
                **facts,
                "gender": profile["gender"],
                "age": profile["age"],
                "story_words": person.story_words,
                "stale": [one.model_dump(mode="json") for one in parts],
            }
        )
        return
    _show(person)
    for one in parts:
        console().print(f"  stale: {one.kind} {one.id}".rstrip() + f": {one.why}")


def _show(person: Persona) -> None:
    """The person for a terminal."""
    out = console()
    out.print(f"{person.name} ({person.id}, version {person.version}, {person.source})")
    grid = table("", "", show_header=False)
    facts = person.profile.model_dump(mode="json")
    for key, value in {**facts, **facts.pop("attributes")}.items():
        if value not in (None, "", []):
            text = ", ".join(value) if isinstance(value, list) else str(value)
            grid.add_row(key.replace("_", " "), text)
    for domain, level in person.personality.domain_levels().items():
        grid.add_row(domain, f"{level:.1f} of 5")
    if person.personality.functions:
        grid.add_row("functions", " > ".join(person.personality.functions))
    out.print(grid)
    if person.biography:
        out.print(f"\n{person.biography.strip()}\n")
    out.print(
        f"{person.story_words:,} words of life story, {len(person.episodes)} episodes, "
        f"{len(person.memories)} memories, {len(person.questions)} questions."
    )
    for episode in person.episodes:
        out.print(f"  {episode.when or '':<10}  {episode.title}")


@app.command("import", epilog=example("simulacra persona import my-characters/amina-okafor"))
def import_(
    ctx: typer.Context,
    path: Annotated[
        Path,
        typer.Argument(help="A persona pack, a Human Simulacra folder, or a card (.json, .png)."),
    ],
    age: Annotated[
        int | None, typer.Option(min=0, max=130, help="Years, where a card does not say.")
    ] = None,
    gender: Annotated[str | None, typer.Option(help="Where a card does not say.")] = None,
    json_: JsonOption = False,
) -> None:
    """Read people from files, all of them or, where something is wrong, none."""
    from personas.formats.imports import import_persona

    people = import_persona(path, age=age, gender=gender)
    with open_workspace(ctx) as workspace:
        saved = [workspace.personas.save(person) for person in people]
    if json_:
        print_json(
            [
                {
                    "id": one.id,
                    "name": one.name,
                    "version": one.version,
                    "memories": len(one.memories),
                    "questions": len(one.questions),
                }
                for one in saved
            ]
        )
        return
    for one in saved:
        console().print(
            f"{one.name} ({one.id}, version {one.version}): {one.story_words:,} words, "
            f"{len(one.memories)} memories, {len(one.questions)} questions"
        )


@app.command("export", epilog=example("simulacra persona export amina-okafor --out amina.png"))
def export_(
    ctx: typer.Context,
    name: Name,
    out: Annotated[Path, typer.Option("--out", help="The new folder or file.")],
    format_: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="pack, card, png or human-simulacra; without it card for .json, png for .png, "
            "else pack.",
            show_default=False,
        ),
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="The PNG that a card takes; else an avatar is drawn.")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace what stands there already.")
    ] = False,
    json_: JsonOption = False,
) -> None:
    """Write one person as a pack, a Character Card V2 or a Human Simulacra folder.

    A pack is a folder of files that can be read, edited and imported again. Other programs take
    the cards; what a card has no room for travels in it unseen. What a format cannot hold is
    named.
    """
    from personas.formats.exports import export_persona, format_of

    form = format_of(out, format_)
    with open_workspace(ctx) as workspace:
        person = workspace.personas.get(name)
    lost = export_persona(person, out, form=form, picture=picture, overwrite=overwrite)
    for one in lost:
        say(f"Note: not in this format: {one}")
    if json_:
        written = {"id": person.id, "version": person.version, "out": str(out)}
        print_json({**written, "format": form, "lost": list(lost)})
        return
    console().print(f"Wrote {person.name} to {out}")
