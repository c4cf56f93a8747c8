import json
from pathlib import Path
from typing import Any

import pytest

from simulacra.domain.run import RunStatus
from simulacra.settings import Settings
from simulacra.workspace import Workspace

HEAD = "id,kind,text,options,scale,reverse\n"
OPTIONS = "1=No|2=Rather no|3=So so|4=Rather yes|5=Yes"


@pytest.fixture
def items(tmp_path: Path) -> str:
    path = tmp_path / "hands.csv"
    rows = [f"h{at},rating,Statement {at}.,{OPTIONS},hands,{'yes' if at == 2 else ''}\n"
            for at in range(4)]  # fmt: skip
    path.write_text(HEAD + "".join(rows) + "w,short_text,Say more.,,,\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def town(tmp_path: Path) -> Path:
    folder = tmp_path / "town"
    folder.mkdir()
    rows = [f"{1 + n % 5},{1 + n * n % 5},{5 - n % 5},{1 + (n + n // 7) % 5}\n" for n in range(60)]
    (folder / "respondents.csv").write_text("h0,h1,h2,h3\n" + "".join(rows), encoding="utf-8")
    return folder


@pytest.mark.slow
def test_the_psychometrics_of_a_run(run: Any, items: str, town: Path, tmp_path: Path) -> None:
    args = ("--personas", "library", "--model", "behavioural", "--replicates", "2")
    run_id = run("run", items, *args).stdout.splitlines()[-1]
    out = tmp_path / "out"
    done = run("evaluate", "psychometrics", run_id, "--reference", str(town), "--out", str(out),
               "--json")  # fmt: skip
    told = json.loads(done.stdout)
    scale = told["measures"]["scales"][0]
    assert scale["scale"] == "hands" and scale["alpha"]["value"] is not None
    assert (told["status"], told["measures"]["occasions"]) == ("done", 2)
    assert list(told["left_out"]) == ["w"]
    assert told["beside"][0]["basis"] == {"hands": "same items"}
    assert told["beside"][0]["distance"]["rms"]["value"] > 0
    assert "Measuring town" in done.stderr
    written = {path.name for path in out.iterdir()}
    assert {"report.html", "report.json", "psychometrics_scales.csv"} <= written
    assert "alpha, town" in (out / "psychometrics_scales.csv").read_text(encoding="utf-8")
    shown = run("evaluate", "psychometrics", run_id).stdout
    assert "Cronbach" not in shown and "alpha" in shown and "rough with fewer" in shown


def test_a_run_that_is_not_done_is_measured_and_says_so(run: Any, items: str, folder: Path) -> None:
    args = ("--personas", "library", "--model", "behavioural")
    run_id = run("run", items, *args).stdout.splitlines()[-1]
    with Workspace.open(folder, settings=Settings()) as workspace:
        workspace.runs.set_status(run_id, RunStatus.PAUSED)
    shown = json.loads(run("evaluate", "psychometrics", run_id, "--json").stdout)
    assert "not done (paused)" in shown["notes"][0]


@pytest.mark.parametrize(
    ("rows", "more", "why"),
    [
        ("a,single,Which?,x=X|y=Y,,\n", (), "has answers in order"),
        (f"a,rating,How?,{OPTIONS},s,\n", ("--reference", "nowhere"), "no such file"),
    ],
)
def test_wrong_use_is_one_sentence(
    run: Any, tmp_path: Path, rows: str, more: tuple[str, ...], why: str
) -> None:
    path = tmp_path / "few.csv"
    path.write_text(HEAD + rows, encoding="utf-8")
    args = ("--personas", "library", "--model", "behavioural")
    run_id = run("run", str(path), *args).stdout.splitlines()[-1]
    said = run("evaluate", "psychometrics", run_id, *more, code=2).stderr
    assert why in said and len(said.strip().splitlines()) == 1
