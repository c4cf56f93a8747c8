import json
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.support.heard import heard
from tests.support.people import ilka

pytestmark = pytest.mark.slow


def test_heard_memories_are_varied_and_seeded() -> None:
    some = heard(ilka(), 200)
    assert some == heard(ilka(), 200) != heard(ilka(), 200, seed=1)
    assert len({one.content for one in some}) > 150
    assert {one.origin for one in some} == {"conversation"}


@pytest.mark.parametrize("seed", ["0", "1", "2"])
def test_a_life_stays_recallable_after_five_hundred_conversations(seed: str) -> None:
    command = [sys.executable, "tests/benchmarks/learning.py", "--seed", seed, "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    figures = json.loads(done.stdout)
    assert figures["new"] == 500
    for kind in ("self report", "all"):
        for k in ("1", "5", "10"):
            assert figures[kind][k]["fall"] <= 3.0, (kind, k)
            assert figures[kind][k]["before"] > (0.6 if k == "1" else 0.8)
