"""Forms for people: what is written, and what is read again."""

import csv
import io
from pathlib import Path
from shutil import which
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.raters.base import Rating, Scale, Unrated, View
from evaluation.raters.forms import (
    NOT_FILLED_IN,
    FilledForms,
    as_page,
    forms_of,
    read_forms,
    write_forms,
)
from simulacra.errors import InputError

CHROMIUM = which("chromium") or which("chromium-browser")
FIT = Scale(name="fit", asks="How well?", anchors=((0, "not"), (100, "wholly")))
SCALES: dict[str, tuple[Scale, ...]] = {"judge": (FIT,), "tell": ()}


class Judge(View):
    role: ClassVar[str] = "judge"
    prompt: ClassVar[str] = "judge"
    asks: ClassVar[str] = "Judge each."
    life: str
    thing: str

    @property
    def scales(self) -> tuple[Scale, ...]:
        return (FIT,)


class Tell(View):
    role: ClassVar[str] = "tell"
    prompt: ClassVar[str] = "tell"
    writes: ClassVar[bool] = True
    thing: str


LIFE = "A long life. " * 200
VIEWS = [Judge(life=LIFE, thing=f'"thing" <b>{n}</b>,\n=1+{n}') for n in range(3)]
FORMS = forms_of("m-1", [*VIEWS, VIEWS[0], Tell(thing="a tram")])


def filled(folder: Path, *rows: str, head: str = "measurement,role,task,fit,text,rater") -> Path:
    path = folder / f"form{len(list(folder.iterdir()))}.csv"
    path.write_text("\n".join([head, *rows]), encoding="utf-8")
    return path


def test_a_form_a_role_with_each_task_once_and_long_texts_apart(tmp_path: Path) -> None:
    judge, tell = FORMS
    assert [len(judge.tasks), len(tell.tasks)] == [3, 1]
    assert [task.id for task in judge.tasks] == sorted(view.id for view in VIEWS)
    names = [path.name for path in write_forms(FORMS, tmp_path / "forms")]
    assert names == ["judge.csv", "judge.html", "judge-1.txt", "tell.csv", "tell.html"]
    rows = list(csv.DictReader(io.StringIO((tmp_path / "forms/judge.csv").read_text())))
    assert {row["Life"] for row in rows} == {"see judge-1.txt"}
    assert {row["fit"] for row in rows} == {""} and not rows[0]["Thing"].startswith("=")
    assert (tmp_path / "forms/judge-1.txt").read_text().strip() == LIFE.strip()


def test_the_page_stands_alone_and_shows_texts_as_texts() -> None:
    page = as_page(FORMS[0])
    assert "&lt;b&gt;0&lt;/b&gt;" in page and "<b>0</b>" not in page
    assert "default-src 'none'" in page and "http" not in page.replace("http-equiv", "")
    assert page.count("A long life.") == 200


def test_a_saved_form_is_read_again_and_blank_rows_are_left_for_later(tmp_path: Path) -> None:
    write_forms(FORMS, tmp_path / "forms")
    path = tmp_path / "forms/judge.csv"
    rows = list(csv.reader(io.StringIO(path.read_text())))
    first, second = rows[1], rows[2]
    first[-3:], second[-3:] = ["70", "sure", "Ana"], ["12,5", "", ""]
    with path.open("w", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    read = read_forms([path], SCALES)
    assert read.measurement == "m-1" and len(read.rows) == 2
    assert read.rows[0].rating == Rating(scores={"fit": 70}, reason="sure")
    assert (read.rows[1].rater, read.rows[1].rating.scores) == ("Ana", {"fit": 12.5})


async def test_several_raters_are_read_together(tmp_path: Path) -> None:
    one, two = (view.id for view in VIEWS[:2])
    filled(tmp_path, f"m-1,judge,{one},70,,Ana", f"m-1,judge,{two},10,,Ana")
    filled(tmp_path, f"m-1,judge,{one},50,,Ben", f"m-1,judge,{one},70,,Ana")
    filled(tmp_path, 'm-1,tell,tell-1,," It was bl; ue ",Ben')
    read = read_forms([tmp_path], SCALES)
    ana, ben = read.raters()
    assert (ana.info.name, ana.info.roles) == ("Ana", ("judge",))
    assert ben.info.kind == "person" and ben.info.roles == ("judge", "tell")
    assert await ana.rate(VIEWS[1]) == Rating(scores={"fit": 10})
    assert await ben.rate(VIEWS[1]) == Unrated(why=NOT_FILLED_IN)
    with pytest.raises(InputError, match="the task tell-1 is not one of m-1"):
        read.check_tasks([one, two])


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["m-1,judge,a,101,,Ana"], "line 2: fit is 101, not a number from 0 to 100"),
        (["m-1,judge,a,good,,Ana"], "fit is 'good'"),
        (["m-1,judge,a,nan,,Ana"], "not a number"),
        (["m-1,judge,a,5,,"], "line 2: write the rater's name"),
        (["m-1,hum,a,5,,Ana"], "the role 'hum' is none of judge, tell"),
        (["m-1,judge,a,5,,Ana", "m-1,judge,a,6,,Ana"], "line 3: Ana rated a otherwise"),
        (["m-1,judge,a,5,,Ana", "m-2,judge,b,6,,Ana"], "several measurements: m-1"),
        (["m-1,judge,a,,,Ana"], "nothing is filled in"),
        (['m-1,judge,a,"5,,Ana'], "no whole CSV"),
    ],
)
def test_forms_that_cannot_be_used(tmp_path: Path, rows: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_forms([filled(tmp_path, *rows)], SCALES)


def test_files_that_are_no_forms(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column task"):
        read_forms([filled(tmp_path, "x", head="measurement,role,rater")], SCALES)
    with pytest.raises(InputError, match="cannot be read"):
        read_forms([tmp_path / "none.csv"], SCALES)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no CSV file"):
        read_forms([tmp_path / "empty"], SCALES)
    (tmp_path / "bad.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="UTF-8"):
        read_forms([tmp_path / "bad.csv"], SCALES)


@given(
    st.lists(
        st.tuples(st.integers(0, 100), st.text(st.characters(codec="utf-8"), max_size=20)),
        min_size=1, max_size=5,
    )
)  # fmt: skip
def test_what_is_filled_in_comes_back(tmp_path_factory, given_: list[tuple[int, str]]) -> None:
    path = tmp_path_factory.getbasetemp() / "form.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["measurement", "role", "task", "fit", "comment", "rater"])
        for number, (score, comment) in enumerate(given_):
            writer.writerow(["m-1", "judge", f"t{number}", score, comment, "Ana"])
    read = read_forms([path], SCALES)
    assert [row.rating.scores["fit"] for row in read.rows] == [score for score, _ in given_]
    comments = [comment.replace("\r\n", "\n").replace("\r", "\n") for _, comment in given_]
    assert [row.rating.reason for row in read.rows] == [one.strip() for one in comments]


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
@pytest.mark.enable_socket
def test_the_page_is_filled_in_kept_saved_and_gone_on_with(tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    write_forms(FORMS, tmp_path)
    address = (tmp_path / "judge.html").as_uri()
    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(60_000)
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        page.get_by_label("Your name").fill("Ana B.")
        page.get_by_label("How well?").first.fill("500")
        assert "out of the scale" in page.locator("#said").inner_text()
        page.get_by_label("How well?").first.fill("70")
        page.get_by_label("Remark").first.fill('a "remark", with\u00e9')
        page.reload()  # what was filled in is kept
        assert page.get_by_label("How well?").first.input_value() == "70"
        with page.expect_download() as caught:
            page.get_by_role("button", name="Save as a file").press("Enter")
        saved = tmp_path / caught.value.suggested_filename
        caught.value.save_as(saved)
        page.evaluate("localStorage.clear()")
        page.reload()
        assert page.get_by_label("How well?").first.input_value() == ""
        page.get_by_label("Go on from a file").set_input_files(saved)
        page.get_by_text("1 of 3 done").wait_for()
        assert page.get_by_label("Your name").input_value() == "Ana B."
        browser.close()
    assert saved.name == "judge-Ana-B-.csv"
    assert {url for url in asked if not url.startswith("blob:")} == {address}
    read: FilledForms = read_forms([saved], SCALES)
    assert read.rows[0].rating == Rating(scores={"fit": 70}, reason='a "remark", with\u00e9')
