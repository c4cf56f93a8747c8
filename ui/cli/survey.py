"""``simulacra survey``: read an instrument, report what is not supported, show it."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulacra.domain.survey import Instrument, Item
from ui.cli.common import JsonOption, console, example, print_json

if TYPE_CHECKING:
    from simulacra.survey.report import ReportEntry

app = typer.Typer(help="Instruments: check, show.", no_args_is_help=True)

File = Annotated[str, typer.Argument(help="A file (.yaml, .json, .csv, .xlsx) or a shipped name.")]


def _read(file: str) -> "tuple[Instrument, list[ReportEntry]]":
    """The instrument, with everything that a reader or a check found."""
    from evaluation.instruments import find_instrument
    from simulacra.survey.formats import read_instrument
    from simulacra.survey.routing import check_instrument

    instrument, report = read_instrument(find_instrument(file))
    return instrument, [*report, *check_instrument(instrument)]


@app.command(epilog=example("simulacra survey check items.csv --json"))
def check(file: File, json_: JsonOption = False) -> None:
    """Read an instrument and list everything that is not supported."""
    instrument, report = _read(file)
    if json_:
        entries = [entry.model_dump(mode="json") for entry in report]
        print_json({"ok": True, "items": len(instrument.items), "report": entries})
        return
    console().print(
        f"{instrument.title or instrument.id}: {len(instrument.items)} items, readable."
    )
    for entry in report:
        console().print(f"  {entry.question}: {entry.what}: {entry.why}")


@app.command(epilog=example("simulacra survey show mini_ipip"))
def show(file: File, json_: JsonOption = False) -> None:
    """Print an instrument as its respondents meet it."""
    instrument, _ = _read(file)
    if json_:
        print_json(instrument.model_dump(mode="json"))
        return
    out = console()
    out.print(instrument.title or instrument.id)
    for text in (instrument.instructions, instrument.notice, instrument.source):
        if text:
            out.print(text)
    for number, item in enumerate(instrument.items, start=1):
        out.print(f"\n{number}. [{item.id}, {item.kind.value}] {item.text}")
        for line in _facts(item):
            out.print(f"   {line}")


def _facts(item: Item) -> list[str]:
    """Options and bounds of an item, a line each."""
    lines = [f"{option.code}  {option.label}" for option in item.options]
    bounds: dict[str, Any] = {
        "from": item.minimum,
        "to": item.maximum,
        "choose": " to ".join(map(str, item.choose)) if item.choose else None,
        "asked if": item.condition,
        "scale": f"{item.scale}{' (reversed)' if item.reverse else ''}" if item.scale else None,
    }
    said = [f"{name} {value}" for name, value in bounds.items() if value is not None]
    return [*lines, "; ".join(said)] if said else lines
