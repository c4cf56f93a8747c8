import json
from pathlib import Path

import pytest

PLAYER = "rules: [{reply: I would count to ten.}]"
RATER = """
rules:
  - when: {agent: describe}
    reply: Somebody calm. Helps others.
  - when: {agent: expect}
    reply: I would wait.
  - when: {prompt: observer_fit}
    choose: true
  - when: {prompt: observer_similarity}
    choose: true
  - reply: I would count to ten.
"""


@pytest.fixture
def player(tmp_path: Path) -> str:
    path = tmp_path / "player.yaml"
    path.write_text(PLAYER, encoding="utf-8")
    return f"scripted:{path}"


@pytest.fixture
def rater(tmp_path: Path) -> str:
    path = tmp_path / "rater.yaml"
    path.write_text(RATER, encoding="utf-8")
    return f"scripted:{path}"


def test_an_observer_report_and_forms_for_people(run, player, rater, tmp_path: Path):
    args = ("evaluate", "observer", "marta-kowalczyk", "--model", player, "--method", "profile",
            "--scenarios", "2", "--raters", rater)  # fmt: skip
    size = json.loads(run(*args, "--dry-run", "--json").stdout)
    assert size["cells"] == 4 and size["rater_calls"] == 2 + 2 + 2 + 2 * 4
    assert "Nothing was asked" in run(*args, "--dry-run").stdout
    forms = tmp_path / "forms"
    said = run(*args, "--forms-out", str(forms), "--json")
    first = json.loads(said.stdout)
    assert "the same command with --forms-in" in said.stderr and "judgements" in said.stderr
    assert {path.suffix for path in forms.iterdir()} == {".csv", ".html", ".txt"}
    fit = (forms / "fit.csv").read_text().splitlines()
    filled = tmp_path / "ana.csv"
    filled.write_text("\n".join([fit[0], *(line[:-2] + "40,,Ana" for line in fit[1:])]))
    done = run(*args, "--forms-in", str(filled), "--out", str(tmp_path / "out"), "--json")
    told = json.loads(done.stdout)
    assert told["measurement"] == first["measurement"] and told["runs"] == first["runs"]
    assert [one["rater"]["name"] for one in told["raters"]] == [rater, "Ana"]
    assert told["raters"][1]["found"]["fit"]["value"] == 40
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"report.html", "report.json", "observer_probe.csv", "observer_raters.csv"} <= written


def test_the_player_as_the_rater_is_said_to_be_no_valid_one(run, rater):
    args = ("evaluate", "observer", "marta-kowalczyk", "--model", rater, "--method", "profile")
    done = run(*args, "--scenarios", "1")
    assert "also rates, which is not valid" in done.stderr
    assert "Warning: The rater is the player" in done.stdout and "(the player)" in done.stdout


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["nobody"], "no persona"),
        (["library", "--scenarios", "31"], "ask for 1 to 30"),
        (["library", "--raters", "none"], "nobody rates"),
        (["library", "--raters", "nothing:of:the:kind"], "nothing:of:the:kind"),
        (["library", "--raters", "behavioural"], "no words of their own"),
        (["library", "--forms-in", "none.csv"], "cannot be read"),
        (["library", "--method", "guess"], "no method 'guess'"),
    ],
)
def test_wrong_use_is_one_sentence(run, script, args, message):
    said = run("evaluate", "observer", *args, "--model", script, code=2).stderr
    assert message in said and said.strip().splitlines()[-1].startswith("Error: ")
