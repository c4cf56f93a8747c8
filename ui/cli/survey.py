"""``simulacra survey``: read an instrument, report what is not supported, show it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulacra.domain.survey import Instrument, Item
from ui.cli.common import JsonOption, console, example, print_json

if TYPE_CHECKING:
    from simulacra.survey.report import ReportEntry

app = typer.Typer(help="Instruments: check, show, convert.", no_args_is_help=True)

File = Annotated[
    str, typer.Argument(help="An instrument's file, in any format, or a shipped name.")
]


def _read(file: str) -> "tuple[Instrument, list[ReportEntry]]":
    """The instrument, with everything that a reader or a check found."""
    from evaluation.instruments import find_instrument
    from simulacra.survey.checking import check_instrument
    from simulacra.survey.formats import read_instrument

    instrument, report = read_instrument(find_instrument(file))
    return instrument, [*report, *check_instrument(instrument)]


def _print(report: "list[ReportEntry]") -> None:
    for entry in report:
        place = f"{entry.question}: " if entry.question else ""
        console().print(f"  {place}{entry.what}: {entry.why}")


@app.command(epilog=example("simulacra survey check items.csv --json"))
def check(file: File, json_: JsonOption = False) -> None:
    """Read an instrument and list everything that is not supported."""
    instrument, report = _read(file)
    if json_:
        entries = [entry.model_dump(mode="json") for entry in report]
        print_json({"ok": True, "items": instrument.questions, "report": entries})
        return
    console().print(f"{instrument.title or instrument.id}: {instrument.questions} items, readable.")
    _print(report)


@app.command(epilog=example("simulacra survey convert mini_ipip mini.xlsx --to xlsform"))
def convert(
    file: File,
    out: Annotated[Path, typer.Argument(help="The file to write.")],
    to: Annotated[
        str | None, typer.Option(help="Its format, where the ending leaves a choice.")
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Write an instrument in another format and say what that format cannot hold."""
    from simulacra.survey.formats import write_instrument

    instrument, found = _read(file)
    lost = write_instrument(instrument, out, to)
    if json_:
        reports = {"read": found, "written": lost}
        dumped = {n: [one.model_dump(mode="json") for one in r] for n, r in reports.items()}
        print_json({"ok": True, "items": instrument.questions, "file": str(out), **dumped})
        return
    console().print(f"{out}: {instrument.questions} items written.")
    for title, report in (("Reading", found), ("Writing", lost)):
        if report:
            console().print(f"{title} could not map:")
            _print(report)


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
