"""A million answers planned, run on a scripted model, and counted: time, memory, and what is lost.

    uv run python -m tests.benchmarks.million [--cells 1000000] [--items 20] [--workers 1] [--json]

The whole path is taken: people in the database, prompts made, replies read, each answer with its
call in one transaction, through the same limits as any model. ``share_of_bare`` sets its speed
beside that of a bare loop, which writes the same rows of a part of the run (answers, calls, texts
once, counters) with SQLite alone in transactions of the same size. Memory is the peak of this
process, or of the largest one where several ``--workers`` share the run, from first to last (bar: 1
GB). On a machine that has other work, the figures by second of processor time say more than those
by second. The database is made in a folder that goes away at the end.
"""

import argparse
import asyncio
import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from simulacra.domain.persona import Persona, Profile, Trait
from simulacra.domain.run import METHODS, RunStatus
from simulacra.domain.survey import Instrument, Item, Kind, Option
from simulacra.runs.progress import Progress
from simulacra.settings import Settings
from simulacra.workspace import Workspace
from ui.cli.run_facts import facts_of

BAR_MEGABYTES = 1024
REPLICATES = 5
SAMPLE = 20_000
ROOT = Path(__file__).parent.parent.parent
_ALL = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
SCRIPT = "parallel: 64\nrules:\n  - choose: true\n"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cells", type=int, default=1_000_000)
    parser.add_argument("--items", type=int, default=20, help="items of an interview")
    parser.add_argument("--method", choices=METHODS, default="profile")
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--workers", type=int, default=1, help="processes that share the run")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = measure(Path(folder), options)
    if options.json:
        print(json.dumps(results))
        return
    for name, value in results.items():
        bar = f"   (bar: {BAR_MEGABYTES})" if name == "peak_megabytes" else ""
        print(f"{name:<28} {value:>14,.2f}{bar}")


def measure(folder: Path, options: argparse.Namespace) -> dict[str, float]:
    """Seconds of each step, cells a second, megabytes."""
    results: dict[str, float] = {}
    items = options.items
    script = folder / "script.yaml"
    script.write_text(SCRIPT, encoding="utf-8")
    with Workspace.open(folder, settings=Settings(model=f"scripted:{script}")) as workspace:
        people = max(1, options.cells // (items * REPLICATES))
        for start in range(0, people, 500):
            batch = [character(number) for number in range(start, min(people, start + 500))]
            workspace.personas.save_all(batch)
        results["peak_megabytes_people"] = _peak()

        started = time.perf_counter()
        run_id = workspace.plan(
            questionnaire(items),
            "sample",
            method=options.method,
            replicates=REPLICATES,
            concurrency=options.concurrency,
        )
        results["plan_seconds"] = time.perf_counter() - started
        results["peak_megabytes_plan"] = _peak()

        started, used = time.perf_counter(), _processor_seconds()
        others = [helper(folder, run_id) for _ in range(options.workers - 1)]
        summary = asyncio.run(_run(workspace, run_id))
        assert [one.wait() for one in others] == [0] * len(others)
        seconds, used = time.perf_counter() - started, _processor_seconds() - used
        planned = people * REPLICATES * items
        assert summary.status is RunStatus.DONE, summary
        assert (summary.cells, summary.done, summary.missing) == (planned, planned, 0), summary
        results |= {"cells": summary.done, "run_seconds": seconds}
        results["cells_a_second"] = summary.done / seconds
        results["cells_a_processor_second"] = summary.done / used

        started = time.perf_counter()
        facts_of(workspace.runs, run_id)
        results["show_seconds"] = time.perf_counter() - started
        assert sum(1 for _ in _some(workspace, run_id)) == min(SAMPLE, planned)
        results["peak_megabytes"] = _peak()
    database = folder / "simulacra.db"
    results["database_megabytes"] = database.stat().st_size / 2**20
    counts = _rows(database)
    assert counts["answers"] == planned and counts["calls"] == planned, counts
    results["texts"] = counts["texts"]
    for name, rate in bare(database, folder / "bare.db", options.concurrency).items():
        results[f"bare_{name}"] = rate
        results[f"share_of_bare_{name}"] = results[name] / rate
    return results


def helper(folder: Path, run_id: str) -> "subprocess.Popen[bytes]":
    """Another process that shares the run."""
    code = "from ui.cli import main; main()"
    command = [sys.executable, "-c", code, "--workspace", str(folder), "worker", run_id]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, stdout=quiet, stderr=quiet, cwd=ROOT)


async def _run(workspace: Workspace, run_id: str) -> Any:
    tenth = 0

    def tell(progress: Progress) -> None:
        nonlocal tenth
        if progress.done * 10 // progress.total > tenth:
            tenth = progress.done * 10 // progress.total
            print(
                f"{progress.done:>10,} answers, {progress.rate:,.0f} a second, "
                f"{_peak():,.0f} MB at most",
                file=sys.stderr,
                flush=True,
            )

    return await workspace.run(run_id, tell)


def _some(workspace: Workspace, run_id: str) -> Any:
    """The first records of a run."""
    for number, record in enumerate(workspace.runs.records(run_id)):
        if number == SAMPLE:
            return
        yield record


def _rows(database: Path) -> dict[str, int]:
    with sqlite3.connect(database) as connection:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("answers", "calls", "texts")
        }


def bare(source: Path, target: Path, batch: int) -> dict[str, float]:
    """Cells a second, of time and of processor time, of a loop that writes rows of a run."""
    tables = {}
    with sqlite3.connect(source) as connection:
        for table in ("answers", "calls"):
            query = f"SELECT * FROM {table} ORDER BY rowid LIMIT {SAMPLE}"
            tables[table] = connection.execute(query).fetchall()
        share = min(1.0, SAMPLE / max(1, _rows(source)["answers"]))
        number = int(_rows(source)["texts"] * share)
        texts = connection.execute(f"SELECT * FROM texts LIMIT {number}").fetchall()
        schema = [
            row[0]
            for row in connection.execute(
                "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
            )
        ]
        run = connection.execute("SELECT * FROM runs").fetchone()
    connection = sqlite3.connect(target, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    for statement in schema:
        connection.execute(statement)
    _insert(connection, "runs", [run])
    cells = len(tables["answers"])
    started, used = time.perf_counter(), _processor_seconds()
    for start in range(0, cells, batch):
        connection.execute("BEGIN IMMEDIATE")
        some = slice(start * len(texts) // cells, min(cells, start + batch) * len(texts) // cells)
        _insert(connection, "texts", texts[some])
        for table, rows in tables.items():
            _insert(connection, table, rows[start : start + batch])
        connection.execute("UPDATE runs SET done = done + ?", (batch,))
        connection.execute("COMMIT")
    seconds, used = time.perf_counter() - started, _processor_seconds() - used
    connection.close()
    return {"cells_a_second": cells / seconds, "cells_a_processor_second": cells / used}


def _insert(connection: sqlite3.Connection, table: str, rows: list[Any]) -> None:
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def _peak() -> float:
    """The most memory that this process or one that it waited for has held, in megabytes."""
    scale = 2**20 if sys.platform == "darwin" else 2**10
    return max(resource.getrusage(who).ru_maxrss for who in _ALL) / scale


def _processor_seconds() -> float:
    """Processor time of this process and those that it waited for."""
    return sum(one.ru_utime + one.ru_stime for one in map(resource.getrusage, _ALL))


def questionnaire(items: int) -> Instrument:
    """Rating items with five options."""
    labels = ("Strongly disagree", "Disagree", "Neither", "Agree", "Strongly agree")
    options = tuple(Option(code=str(code), label=label) for code, label in enumerate(labels, 1))
    return Instrument(
        id="million",
        items=tuple(
            Item(
                id=f"q{number}", kind=Kind.RATING, text=f"I like number {number}.", options=options
            )
            for number in range(items)
        ),
    )


def character(number: int) -> Persona:
    """A person with a short biography."""
    return Persona(
        id=f"person-{number:06}",
        name=f"Person {number}",
        source="sample",
        profile=Profile(gender="female", age=20 + number % 60, occupation="clerk"),
        personality={"traits": [Trait(text=f"I count to {number} before I speak.")]},
        biography=f"Person {number} has lived in house {number} for years. " * 10,
    )


if __name__ == "__main__":
    main()
