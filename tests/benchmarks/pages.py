"""Page mode beside one item a call: calls, tokens, and how many answers differ.

    uv run python -m tests.benchmarks.pages [--instrument mini_ipip] [--method profile] [--json]

Characters of the library answer an instrument twice on the test server, with the same seeds. Its
answers are drawn by a hash of the prompt, so they differ between any two prompts as chance has it:
on this server the share that differs is the floor that two unlike prompts give, and no property of
pages. With ``--model`` (and OPENAI_BASE_URL or a key) it is measured on a real model; that of the
same items asked twice, one by one with another seed, stands beside it.
"""

import argparse
import asyncio
import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from evaluation.instruments import find_instrument
from personas.library import library
from simulacra.domain.answer import Response
from simulacra.survey.formats import read_instrument
from simulacra.workspace import Workspace
from tests.support.openai_server import serve_in_thread

WAYS = ("items", "pages")
Answers = dict[tuple[str, str], Response]


class Measured(NamedTuple):
    """What one way of asking took, and its answers by respondent and item."""

    calls: int
    tokens_in: int
    tokens_cached: int
    tokens_out: int
    answers: Answers


async def measure(workspace: Workspace, options: argparse.Namespace, **how: Any) -> Measured:
    instrument, _ = read_instrument(find_instrument(options.instrument))
    how = {"method": options.method, "model": options.model, **how}
    run_id = workspace.plan(instrument, "library", **how)
    summary = await workspace.run(run_id)
    records = list(workspace.runs.records(run_id))
    calls = [call for _, cell in records for call in cell.calls]
    return Measured(
        summary.calls,
        sum(call.usage.tokens_in for call in calls),
        sum(call.usage.tokens_cached for call in calls),
        sum(call.usage.tokens_out for call in calls),
        {(interview.id, cell.item_id): cell.response for interview, cell in records},
    )


def differing(one: Answers, other: Answers) -> float:
    """The share of cells with another answer."""
    return sum(one[cell] != other[cell] for cell in one) / len(one)


async def compare(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    workspace = Workspace.open(folder)
    try:
        for persona in library():
            workspace.personas.save(persona)
        by_item = await measure(workspace, options)
        again = await measure(workspace, options, seed=1)
        by_page = await measure(workspace, options, page=True)
    finally:
        await workspace.aclose()
    rows = dict(zip(WAYS, (by_item, by_page), strict=True))
    told = {name: {**one._asdict(), "answers": len(one.answers)} for name, one in rows.items()}
    return {
        **told,
        "differ_between_pages_and_items": round(differing(by_item.answers, by_page.answers), 3),
        "differ_between_two_runs_by_item": round(differing(by_item.answers, again.answers), 3),
    }


def as_table(found: dict[str, Any]) -> str:
    """A row for each way of asking, and how many answers differ."""
    heading = ("asked", "answers", "calls", "tokens in", "cached", "tokens out")
    names = ("answers", "calls", "tokens_in", "tokens_cached", "tokens_out")
    rows = [heading, *((way, *(f"{found[way][one]:,}" for one in names)) for way in WAYS)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    pages = found["differ_between_pages_and_items"]
    again = found["differ_between_two_runs_by_item"]
    told = (
        f"Answers that differ: {pages:.1%} between pages and items, {again:.1%} between two runs."
    )
    return "\n".join([*lines, told])


@contextlib.contextmanager
def served(model: str | None) -> Iterator[str]:
    """The model that was named, or one on the test server."""
    if model is not None:
        yield model
        return
    with serve_in_thread() as server:
        os.environ["OPENAI_BASE_URL"] = server.url
        yield "openai:test"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--instrument", default="mini_ipip")
    parser.add_argument("--method", default="profile")
    parser.add_argument("--model")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options = parser.parse_args()
    with (
        served(options.model) as options.model,
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
    ):
        found = asyncio.run(compare(options, Path(folder)))
    if options.json:
        print(json.dumps(found))
        return
    print(as_table(found))


if __name__ == "__main__":
    main()
