"""People are drawn from rows, asked, and held against those rows."""

import csv
import json
import random
from pathlib import Path

import pytest
import yaml

ITEMS = """id,kind,text,options
a,rating,I am fond of repairs.,1=No|2=Rather no|3=Rather yes|4=Yes
b,rating,I mend people.,1=No|2=Rather no|3=Rather yes|4=Yes
c,single,Which fruit?,ap=Apple|pe=Pear|qu=Quince
d,numeric,How many cups a day?,
"""
PEOPLE = """
id: caseid
draw: rows
columns:
  sex: {as: gender, recode: {1: male, 2: female}}
  years: age
"""
ANSWERS = """
id: caseid
waves: [_w1, _w2]
items: {a: a, b: b, c: {column: fruit, recode: {1: ap, 2: pe, 3: qu}}}
by:
  gender: {column: sex, recode: {1: male, 2: female}}
  fruit: {item: c, column: fruit_w1, recode: {1: ap, 2: pe, 3: qu}}
"""
LABELS = {"a": "No|Rather no|Rather yes|Yes", "b": "No|Rather no|Rather yes|Yes",
          "fruit": "Apple|Pear|Quince"}  # fmt: skip
TEXTS = {"a": "I am fond of repairs.", "b": "I mend people.", "fruit": "Which fruit?"}


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Sixty people with answers at two waves, the mappings, the items."""
    rng = random.Random(1)
    rows = []
    for at in range(60):
        row: dict[str, object] = {"caseid": f"c{at}", "sex": 1 + at % 2, "years": 20 + at}
        for name, labels in LABELS.items():
            first = rng.randint(1, labels.count("|") + 1)
            row[f"{name}_w1"] = first
            row[f"{name}_w2"] = first if rng.random() < 0.7 else 1
        rows.append(row)
    found = {"humans": tmp_path / "humans.csv"}
    with found["humans"].open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    for name, text in (("items.csv", ITEMS), ("people.yaml", PEOPLE), ("map.yaml", ANSWERS)):
        found[name.partition(".")[0]] = tmp_path / name
        (tmp_path / name).write_text(text, encoding="utf-8")
    return found


def copying(files: dict[str, Path], people: list[dict], out: Path) -> Path:
    """A script by which everybody gives the answers of the row behind them."""
    with files["humans"].open(encoding="utf-8", newline="") as file:
        rows = {row["caseid"]: row for row in csv.DictReader(file)}
    rules = []
    for one in people:
        row = rows[one["extra"]["sample"]["row"]]
        # The prompt holds what was asked before, so the last item comes first.
        for name, labels in reversed(LABELS.items()):
            code = int(row[f"{name}_w1"])
            answer = f"{['ap', 'pe', 'qu'][code - 1] if name == 'fruit' else code}"
            assert labels.split("|")[code - 1]
            pattern = f"(?s){one['name']}.*{TEXTS[name]}"
            rules.append({"when": {"regex": pattern}, "reply": {"answer": answer}})
    path = out / "copy.yaml"
    path.write_text(yaml.safe_dump({"rules": [*rules, {"choose": True}]}), encoding="utf-8")
    return path


def drawn(run, files: dict[str, Path], number: int = 40) -> list[str]:
    told = run(
        "persona", "sample", str(number), "--microdata", str(files["humans"]),
        "--mapping", str(files["people"]), "--json",
    )  # fmt: skip
    return list(json.loads(told.stdout)["ids"])


def asked(run, files: dict[str, Path], ids: list[str], model: str) -> str:
    done = run(
        "run", str(files["items"]), "--personas", ",".join(ids), "--method", "profile",
        "--model", model, "--seed", "1",
    )  # fmt: skip
    return done.stdout.strip().splitlines()[-1]


def measured(run, files: dict[str, Path], run_id: str, *more: str, code: int = 0):
    return run(
        "evaluate", "fidelity", run_id, "--humans", str(files["humans"]),
        "--mapping", str(files["map"]), *more, code=code,
    )  # fmt: skip


def test_who_copies_the_humans_is_found_out(run, files, tmp_path: Path) -> None:
    ids = drawn(run, files, 24)
    people = [json.loads(run("persona", "show", one, "--json").stdout) for one in ids]
    run_id = asked(run, files, ids, f"scripted:{copying(files, people, tmp_path)}")
    done = measured(run, files, run_id, "--json", "--out", str(tmp_path / "out"))
    told = json.loads(done.stdout)
    assert told["accuracy"]["accuracy"]["value"] == 1
    assert told["accuracy"]["above_retest"] is True
    assert (told["people"], told["humans"], told["unmatched"]) == (24, 60, 0)
    assert {(one["variable"], one["group"]) for one in told["groups"]} == {
        ("gender", "female"), ("gender", "male"),
        ("fruit", "ap"), ("fruit", "pe"), ("fruit", "qu"),
    }  # fmt: skip
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"report.html", "report.json", "fidelity_distances.csv"} <= written
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "known to them" in page
    assert page.count("<svg") == 3


def test_simulated_respondents_are_accurate_by_chance(run, files) -> None:
    run_id = asked(run, files, drawn(run, files), "behavioural")
    told = json.loads(measured(run, files, run_id, "--by", "gender", "--json").stdout)
    beyond = told["accuracy"]["beyond_chance"]["interval"]
    assert beyond["low"] <= 0 <= beyond["high"]
    assert {one["variable"] for one in told["groups"]} == {"gender"}
    shown = measured(run, files, run_id).stdout
    assert "normalised accuracy" in shown
    again = json.loads(measured(run, files, run_id, "--by", "gender", "--json").stdout)
    assert again == told


def test_who_was_drawn_from_nobody_has_no_accuracy(run, files) -> None:
    run_id = asked(run, files, ["library"], "behavioural")
    told = json.loads(measured(run, files, run_id, "--by", "gender", "--json").stdout)
    assert told["accuracy"] is None
    assert "There is no individual accuracy" in measured(run, files, run_id).stdout


@pytest.mark.parametrize(
    ("change", "more", "message"),
    [
        ("items: {nothing: a}", (), "the run has no item nothing"),
        ("items: {a: nothing}", (), "there is no column nothing_w1"),
        ("items: {c: fruit}", (), "is no answer to c (ap, pe, qu)"),
        ("items: {a: a}", ("--by", "gender"), "no group variable gender"),
        ("items: {a: a}\nby: {wealth: {column: sex}}", (), "has the attribute wealth"),
    ],
)
def test_what_does_not_fit_is_one_sentence(run, files, change, more, message) -> None:
    run_id = asked(run, files, drawn(run, files, 12), "behavioural")
    column = "waves: [_w1, _w2]\n" + change
    files["map"].write_text(column, encoding="utf-8")
    said = measured(run, files, run_id, *more, code=2).stderr
    assert message in said
    assert "Traceback" not in said
