"""People rate in the app: task by task, kept, resumed, with agreement so far."""

import csv
from pathlib import Path

import pytest

from evaluation.observer.study import ROLES
from evaluation.raters.base import Rating
from evaluation.raters.forms import read_forms
from simulacra.errors import InputError
from tests.support.pages import opened, shown
from ui import state
from ui.desk import Desk

HOSTILE = "<img src=x onerror=alert(1)> **bold**"
FORM = (
    "measurement,role,task,Expected,Given,similarity,comment,rater\n"
    f'observer-1,similarity,t1,"I would go. {HOSTILE}",I went.,,,\n'
    "observer-1,similarity,t2,see similarity-1.txt,I stayed.,,,\n"
    "observer-1,similarity,t3,I would call.,I called.,,,\n"
)
FILES = {"similarity.csv": FORM.encode(), "similarity-1.txt": b"A long text.\n"}
SCALE = ROLES["similarity"][0].name


def form_with(scale: str) -> dict[str, bytes]:
    return {
        **FILES,
        "similarity.csv": FORM.replace(",similarity,comment", f",{scale},comment").encode(),
    }


def desk(folder: Path, rater: str) -> Desk:
    return Desk(folder, rater, form_with(SCALE))


def test_ratings_are_kept_and_read_as_forms(tmp_path: Path) -> None:
    mine = desk(tmp_path, "Ann O'Neil")
    assert [task.parts[0][1] for task in mine.tasks][1] == "A long text."
    assert mine.given() == {}
    mine.give("t1", Rating(scores={SCALE: 70}, reason="=close"))
    mine.give("t2", Rating(scores={SCALE: 20}))
    mine.give("t1", Rating(scores={SCALE: 80}))
    again = desk(tmp_path, "Ann O'Neil").given()
    assert {task: one.scores[SCALE] for task, one in again.items()} == {"t1": 80, "t2": 20}
    filled = read_forms([mine.file], ROLES)
    assert filled.measurement == "observer-1" and filled.rows[0].rater == "Ann O'Neil"


def test_agreement_is_told_once_there_are_several_raters(tmp_path: Path) -> None:
    ann, bob = desk(tmp_path, "Ann"), desk(tmp_path, "Bob")
    for number, task in enumerate(("t1", "t2", "t3")):
        ann.give(task, Rating(scores={SCALE: 20 * number}))
    assert ann.agreement() == {}
    for number, task in enumerate(("t1", "t2", "t3")):
        bob.give(task, Rating(scores={SCALE: 20 * number}))
    assert ann.agreement()[SCALE].value == pytest.approx(1)
    bob.give("t1", Rating(scores={SCALE: 100}))
    value = ann.agreement()[SCALE].value
    assert value is not None and value < 0.5


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({}, "give one form"),
        ({"a.csv": b"x,y\n1,2\n"}, "a.csv is no form"),
        ({"a.csv": b"\xff\xfe"}, "no UTF-8"),
        ({"similarity.csv": FORM.encode()}, "similarity-1.txt: give that file, too"),
        ({**FILES, "b.csv": b""}, "give one form"),
        (
            {**FILES, "similarity.csv": FORM.replace(",similarity,t", ",nobody,t").encode()},
            "none of",
        ),
    ],
)
def test_what_is_no_form_is_one_sentence(
    tmp_path: Path, files: dict[str, bytes], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        Desk(tmp_path, "Ann", files)


def test_nothing_is_kept_that_was_not_filled_in(tmp_path: Path) -> None:
    mine = desk(tmp_path, "Ann")
    with pytest.raises(InputError, match=f"fill in {SCALE}"):
        mine.give("t1", Rating())
    assert mine.given() == {}
    with pytest.raises(InputError, match="say your name"):
        desk(tmp_path, "  ")


def test_a_rater_goes_through_the_tasks_in_the_app(environment: Path) -> None:
    test = opened("rate")
    assert any("forms-out" in one.value for one in test.caption)
    test.text_input(key="rater").set_value("Ann")
    for name, data in form_with(SCALE).items():
        test.file_uploader[0].upload(name, data, "text/plain")
    test.run()
    assert not test.exception
    html = shown(test)
    assert "&lt;img" in html and "<img" not in html
    test.button[0].click().run()
    assert f"fill in {SCALE}" in shown(test)
    test.number_input(key=f"{SCALE} t1").set_value(60)
    test.button[0].click().run()
    assert not test.exception
    assert test.selectbox(key="task").value == "t2"
    [kept] = (state.workspace().path / "ratings").rglob("*.csv")
    with kept.open(encoding="utf-8") as file:
        [row] = csv.DictReader(file)
    assert (row["task"], row[SCALE], row["rater"]) == ("t1", "60", "Ann")
