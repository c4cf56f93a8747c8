import re
from pathlib import Path

from tests.support.commands import COMMANDS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_two_lines_that_set_everything_up_stand_there():
    lines = [line.strip() for line in README.splitlines()]
    assert "pip install uv && uv run simulacra demo --out demo-study" in lines
    assert "uv run pytest" in lines


def test_every_command_it_names_exists():
    named = re.findall(r"simulacra ((?:[a-z-]+ ?){1,2})", README)
    known = {" ".join(command) for command in COMMANDS}
    unknown = [
        words
        for words in map(str.strip, named)
        if words not in known and words.split()[0] not in known
    ]
    assert named
    assert unknown == []


def test_every_place_it_names_exists():
    tree = README.split("## A map of the code")[1].split("Imports point")[0]
    parent = ""
    for line in filter(str.strip, tree.splitlines()):
        name = line.split()[0]
        parent = name if line.startswith("    ") and line[4] != " " else parent
        place = ROOT / (name if name == parent else f"{parent}{name}")
        assert place.exists(), place
    for picture in re.findall(r"!\[[^]]*\]\(([^)]+)\)", README):
        assert (ROOT / picture).is_file()
