import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from tests.support.commands import COMMANDS
from ui.cli import app

HEAVY = ("chromadb", "langgraph", "pandas", "streamlit", "matplotlib", "openai", "sqlalchemy")


def test_every_command_is_listed_here():
    def paths(command: object, place: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
        inner = getattr(command, "commands", None)
        if inner is None:
            return [place]
        return [path for name, one in inner.items() for path in paths(one, (*place, name))]

    assert sorted(paths(typer.main.get_command(app))) == sorted(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_has_an_example(run, command):
    text = run(*command, "--help").stdout
    assert f"simulacra {' '.join(command)}" in text.split("Example:")[1]


def test_help_loads_nothing_heavy():
    code = (
        "import sys; from ui.cli import app\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


@pytest.mark.parametrize("args", [["nonsense"], ["run"], ["run", "demo", "--replicates", "0"]])
def test_wrong_usage_is_two(run, args):
    assert "Usage" in run(*args, code=2).stderr


def test_no_command_shows_the_help():
    result = CliRunner().invoke(app, [])
    assert result.exit_code == 2
    assert "persona" in result.stdout + result.stderr
