"""How soon the app's pages show something, on a fresh database and on a large one.

    uv run python -m tests.benchmarks.app [--people 10000] [--answers 1000000] [--json]

For each page, seconds from asking for its address until its heading stands, and until nothing on it
is still loading, in a headless browser; each page twice, the second time with the app warm. The
large database holds people without lives and one study of simulated answers, written straight into
the store. Absolute times are those of this machine; the ratio sets the large database beside the
fresh one. It needs Debian's chromium.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from simulacra.domain.answer import Answer
from simulacra.domain.persona import Persona, Profile
from simulacra.domain.run import Cell, Interview, RunStatus
from simulacra.domain.survey import Instrument, Item, Kind, Option, Question
from simulacra.settings import Settings
from simulacra.survey.orders import Draw
from simulacra.survey.present import present
from simulacra.workspace import Workspace
from tests.support.browser import CHROMIUM, served, visited
from ui.library_seed import open_seeded

PAGES = ("", "people", "chat", "surveys", "study", "results")
ITEMS = 20
_BATCH = 2_000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--answers", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    options = parser.parse_args()
    if CHROMIUM is None:
        sys.exit("there is no chromium on this machine")
    with tempfile.TemporaryDirectory() as folder:
        fresh, large = Path(folder) / "fresh", Path(folder) / "large"
        open_seeded(Settings(workspace=fresh)).close()
        fill(large, options.people, options.answers)
        found = {"fresh": measured(fresh), "large": measured(large)}
    if options.json:
        print(json.dumps(found))
        return
    print(f"{'page':<10} {'heading':>18} {'all':>18} {'heading, warm':>18} {'all, warm':>18}")
    for page in PAGES:
        cells = [
            f"{found['fresh'][page][at]:5.2f} / {found['large'][page][at]:5.2f} s"
            for at in range(4)
        ]
        print(f"{page or 'home':<10} " + " ".join(f"{cell:>18}" for cell in cells))
    print("Each cell: fresh database / large one.")


def fill(folder: Path, people: int, answers: int) -> None:
    """A workspace with so many people and one study of so many answers."""
    with open_seeded(Settings(workspace=folder, model="behavioural")) as workspace:
        for start in range(0, people, 500):
            workspace.personas.save_all(
                [character(number) for number in range(start, min(people, start + 500))]
            )
        replicates = max(1, round(answers / (people * ITEMS)))
        run_id = workspace.plan(
            questionnaire(), "sample", name="large", method="profile", model="behavioural",
            replicates=replicates,
        )  # fmt: skip
        cells = _cells(workspace, run_id)
        while batch := list(islice(cells, _BATCH)):
            workspace.runs.append(run_id, batch)
        workspace.runs.set_status(run_id, RunStatus.DONE)


def measured(folder: Path) -> dict[str, list[float]]:
    """Seconds by page: heading and all of it, cold, then warm."""
    found: dict[str, list[float]] = {}
    with served(folder, "behavioural") as address:
        for page in PAGES:
            seconds: list[float] = []
            for _ in range(2):
                with visited(address, "_stcore/health") as visit:
                    started = time.perf_counter()
                    visit.page.goto(f"{address}/{page}")
                    visit.page.locator(".title h1").first.wait_for()
                    seconds.append(time.perf_counter() - started)
                    visit.page.get_by_test_id("stStatusWidget").wait_for(state="detached")
                    seconds.append(time.perf_counter() - started)
            found[page] = seconds
    return found


def character(number: int) -> Persona:
    """Somebody without a life."""
    gender = "female" if number % 2 else "male"
    return Persona(
        id=f"person-{number:06}",
        name=f"Person {number:06}",
        source="sample",
        profile=Profile(gender=gender, age=18 + number % 70),
    )


def questionnaire() -> Instrument:
    """Ratings and one item in words."""
    options = tuple(Option(code=str(n), label=f"Level {n}") for n in range(1, 6))
    ratings = [
        Item(id=f"q{n:02}", kind=Kind.RATING, text=f"Statement {n}.", options=options, scale="s")
        for n in range(1, ITEMS)
    ]
    return Instrument(
        id="large", items=(*ratings, Item(id="why", kind=Kind.LONG_TEXT, text="Why?"))
    )


def _cells(workspace: Workspace, run_id: str) -> Iterator[Cell]:
    instrument = questionnaire()
    shown: list[tuple[Item, Question]] = [
        (item, present(item, instrument, Draw(0, 0, 0), {})) for item in instrument.items
    ]
    chance = random.Random(1)
    for interview in workspace.runs.interviews(run_id):
        for position, (item, question) in enumerate(shown):
            yield _cell(interview, position, item, question, chance)


def _cell(
    interview: Interview, position: int, item: Item, question: Question, chance: random.Random
) -> Cell:
    if item.kind is Kind.RATING:
        answer = Answer(codes=(str(chance.randint(1, 5)),))
    else:
        answer = Answer(text=f"Because of reason {chance.randint(1, 1_000_000)}.")
    return Cell(
        interview_id=interview.id,
        item_id=item.id,
        position=position,
        question=question,
        response=answer,
        seed=interview.seed % 2**31,
        sequence=position + 1,
    )


if __name__ == "__main__":
    main()
