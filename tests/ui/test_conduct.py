from datetime import UTC, datetime

import pytest

from simulacra.domain.run import RunStatus, RunSummary
from simulacra.runs.progress import Progress
from ui.cli.conduct import clock, detail, paused, progress_bar


def event(**changes: object) -> Progress:
    facts = {"run_id": "r", "done": 3, "total": 30, "missing": 0, "rate": 2.0, "cost": 0.0,
             "seconds_left": 13.5, "calls": 9, "tokens": 90, **changes}  # fmt: skip
    return Progress.model_validate(facts)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (7.4, "0:07"), (750, "12:30"), (11045, "3:04:05")]
)
def test_clock(seconds, text):
    assert clock(seconds) == text


def test_progress_in_words():
    assert detail(event()) == "2.0/s · 0:14 left"
    assert detail(event(workers=2)) == "2.0/s · 2 workers · 0:14 left"
    slow = event(rate=0.25, cost=0.5, missing=2, seconds_left=None)
    assert detail(slow) == "15/min · $0.5000 · 2 missing"


def test_a_pipe_gets_a_line_for_each_tenth(capsys):
    with progress_bar() as show:
        for done in range(31):
            show(event(done=done))
    lines = capsys.readouterr().err.splitlines()
    assert [line.split()[1] for line in lines] == [f"{done}/30" for done in range(0, 31, 3)]


@pytest.mark.parametrize(
    ("status", "note", "start"),
    [
        (RunStatus.PAUSED, "", "Paused: 2 of 9 answers kept. Continue with: again"),
        (RunStatus.PAUSED, "spent", "Paused (spent): 2 of 9"),
        (RunStatus.FAILED, "", "Stopped: 2 of 9"),
        (RunStatus.CANCELLED, "", "Cancelled: 2 of 9 answers kept."),
        (RunStatus.RUNNING, "", "Left; 3 others go on: 2 of 9 answers kept. Join again with: aga"),
    ],
)
def test_how_a_run_ended(status, note, start):
    summary = RunSummary(id="r", name="s", status=status, created=datetime.now(UTC), cells=9,
                         done=2, missing=0, cost=0.0, note=note, workers=3)  # fmt: skip
    assert paused(summary, "again").startswith(start)
