"""A measurement of robustness that is killed goes on, and finds what one without a kill finds."""

import json
import signal
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from ui.cli import app

ARGS = (
    "evaluate", "robustness", "mini_ipip", "--personas", "library", "--model", "behavioural",
    "--method", "profile", "--perturbations", "polarity,scale_reversed", "--json",
)  # fmt: skip


def command(folder: Path, *args: str) -> list[str]:
    return ["--workspace", str(folder), *args]


def found(folder: Path) -> dict[str, object]:
    done = CliRunner().invoke(app, command(folder, *ARGS))
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    for one in told["perturbations"]:
        del one["run"]
    return {key: value for key, value in told.items() if key != "runs"}


def test_killed_it_goes_on_where_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "killed"
    program = [sys.executable, "-c", "from ui.cli import main; main()", *command(folder, *ARGS)]
    with subprocess.Popen(
        program, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("retest: answers") and " 0/" not in line:
                process.send_signal(signal.SIGKILL)
                break
        assert process.wait() == -signal.SIGKILL
    listed = json.loads(CliRunner().invoke(app, command(folder, "runs", "list", "--json")).stdout)
    assert len(listed) == 4
    assert {one["status"] for one in listed} >= {"done", "planned"}
    assert found(folder) == found(tmp_path / "whole")
    after = json.loads(CliRunner().invoke(app, command(folder, "runs", "list", "--json")).stdout)
    assert {one["id"] for one in after} == {one["id"] for one in listed}
    assert {one["status"] for one in after} == {"done"}
