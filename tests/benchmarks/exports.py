"""What an export of a million answers costs in time and memory.

    uv run python -m tests.benchmarks.exports [--answers 1000000] [--formats csv,parquet] [--json]

Each format is written by a process of its own, with a tenth of the answers and with all: the peaks
of memory tell whether it grows with the answers (bar for csv and parquet: 1.3). The cells come from
a run that makes them as they are asked for, so what is measured is the export, not the database.
``plain`` is the same rows, already there, written by ``csv.writer`` or ``pyarrow`` alone; ``ratio``
is the export's time to that of plain writing, ``rows`` the time of making the rows. All seconds are
those of the processor, so that other work on the machine does not count. SPSS and Stata
files hold the wide table in memory by nature; give --formats to measure them, too.
"""

import argparse
import csv
import json
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from simulacra.domain.answer import Answer, Reply
from simulacra.domain.call import Call, Message, Request, Usage
from simulacra.domain.run import Cell, Interview, PersonaRef, RunSpec, RunStatus, RunSummary
from simulacra.domain.survey import Instrument, Item, Kind, Option
from simulacra.export import export_run
from simulacra.export.parquet import long_schema
from simulacra.export.rows import LONG_COLUMNS, Value, long_row
from simulacra.survey.orders import Draw
from simulacra.survey.present import present

BAR = 1.3
ITEMS, PEOPLE = 50, 200
_AT_ONCE = 5_000


@dataclass(frozen=True)
class Somebody:
    """One of the people who answer."""

    name: str = "Somebody"
    gender: str = "female"
    age: int = 40
    weight: float = 1.0


class Made:
    """A run of that many respondents, whose cells are made when they are read."""

    run_id, manifest = "20261123-abc123", dict[str, Any]()

    def __init__(self, respondents: int) -> None:
        """Make one cell an item; they are copied for every respondent."""
        self.respondents = respondents
        codes = tuple(Option(code=str(code), label=f"Label {code}") for code in range(1, 6))
        items = tuple(
            Item(id=f"q{at}", kind=Kind.RATING, text=f"How much do you like {at}?", options=codes)
            for at in range(ITEMS)
        )
        refs = tuple(PersonaRef(id=f"p{at:03}", version=1) for at in range(PEOPLE))
        instrument = Instrument(id="made", items=items)
        self.spec = RunSpec(name="made", instrument=instrument, personas=refs)
        self.personas = dict.fromkeys(refs, Somebody())
        self._cells = [_cell(item, instrument, place) for place, item in enumerate(items)]

    @property
    def summary(self) -> RunSummary:
        """All answered."""
        cells = self.respondents * ITEMS
        return RunSummary(
            id=self.run_id,
            name="made",
            status=RunStatus.DONE,
            created=datetime(2026, 11, 23, tzinfo=UTC),
            cells=cells,
            done=cells,
            missing=0,
            cost=0.0,
        )

    def records(self) -> Iterator[tuple[Interview, Cell]]:
        """Every cell of every respondent."""
        refs = self.spec.personas
        for at in range(self.respondents):
            ref, replicate = refs[at % PEOPLE], at // PEOPLE + 1
            who = Interview(
                id=f"{ref.id}.r{replicate}", persona=ref, replicate=replicate, seed=at, position=at
            )
            for cell in self._cells:
                yield who, cell.model_copy(update={"interview_id": who.id, "seed": at})


def _cell(item: Item, instrument: Instrument, place: int) -> Cell:
    request = Request(
        agent="top",
        prompt_name="answer",
        prompt_hash="a" * 64,
        messages=(Message(role="user", text="?"),),
    )
    code = str(place % 5 + 1)
    call = Call(request=request, reply=code, usage=Usage(tokens_in=400, tokens_out=4), model="m")
    reply = Reply(
        text=f"I would say {code}.", probabilities={"1": 0.1, "2": 0.2, "3": 0.7}, calls=(call,)
    )
    return Cell(
        interview_id="",
        item_id=item.id,
        position=place,
        question=present(item, instrument, Draw(0, 1, 1), {}),
        replies=(reply,),
        response=Answer(codes=(code,)),
        sequence=place + 1,
        seed=0,
        answered_at=datetime(2026, 11, 23, tzinfo=UTC),
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--answers", type=int, default=1_000_000)
    parser.add_argument("--formats", default="csv,parquet", help="of the export, with commas")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    options = parser.parse_args()
    results = measure(options.answers, options.formats.split(","))
    if options.json:
        print(json.dumps(results))
        return
    for name, value in results.items():
        bar = f"   (bar: {BAR:g})" if name in ("csv_mb_growth", "parquet_mb_growth") else ""
        print(f"{name:<28} {value:>12,.2f}{bar}")


def measure(answers: int, formats: list[str]) -> dict[str, float]:
    """Seconds, megabytes and ratios of each format."""
    respondents = max(1, answers // ITEMS)
    results: dict[str, float] = {"answers": respondents * ITEMS}
    results["rows_seconds"] = _alone(_rows, respondents)[0]
    for form in formats:
        few = _alone(_export, max(1, respondents // 10), form)
        many = _alone(_export, respondents, form)
        results |= {
            f"{form}_seconds": many[0],
            f"{form}_mb_with_a_tenth": few[1],
            f"{form}_mb_with_all": many[1],
            f"{form}_mb_growth": many[1] / few[1],
        }
        if form in _PLAIN:
            plain = _alone(_PLAIN[form], respondents)[0]
            results |= {f"{form}_plain_seconds": plain, f"{form}_ratio": many[0] / plain}
    return results


def _alone(work: Any, *args: Any) -> tuple[float, float]:
    """What a process of its own took: the seconds that it says, and its peak in megabytes."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_peaked, (work, args))


def _peaked(work: Any, args: tuple[Any, ...]) -> tuple[float, float]:
    seconds = work(*args)
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _export(respondents: int, form: str) -> float:
    with tempfile.TemporaryDirectory() as folder:
        started = time.process_time()
        export_run(Made(respondents), Path(folder), [form])
        return time.process_time() - started


def _rows(respondents: int) -> float:
    made, started = Made(respondents), time.process_time()
    for who, cell in made.records():
        long_row(made.run_id, who, cell)
    return time.process_time() - started


def _some_rows() -> list[list[Value]]:
    made = Made(_AT_ONCE // ITEMS)
    return [long_row(made.run_id, who, cell) for who, cell in made.records()]


def _plain_csv(respondents: int) -> float:
    rows, times = _some_rows(), respondents * ITEMS // _AT_ONCE
    with tempfile.TemporaryDirectory() as folder:
        started = time.process_time()
        with (Path(folder) / "rows.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([column.name for column in LONG_COLUMNS])
            for _ in range(times):
                writer.writerows(rows)
        return time.process_time() - started


def _plain_parquet(respondents: int) -> float:
    rows, times, schema = _some_rows(), respondents * ITEMS // _AT_ONCE, long_schema({})
    with tempfile.TemporaryDirectory() as folder:
        started = time.process_time()
        with pq.ParquetWriter(str(Path(folder) / "rows.parquet"), schema) as writer:
            for _ in range(times):
                columns = zip(zip(*rows, strict=True), schema.types, strict=True)
                arrays = [pa.array(values, type=kind) for values, kind in columns]
                writer.write_batch(pa.record_batch(arrays, schema=schema))
        return time.process_time() - started


_PLAIN = {"csv": _plain_csv, "parquet": _plain_parquet}

if __name__ == "__main__":
    main()
