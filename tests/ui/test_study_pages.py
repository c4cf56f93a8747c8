"""Home, surveys, study and results: empty, full, and what goes wrong."""

from pathlib import Path
from typing import Any

import pytest

from simulacra.domain.run import RunStatus
from tests.support.pages import opened, shown
from ui import jobs, state
from ui.shelf import Shelf

HOSTILE = "<img src=x onerror=alert(1)> ![i](http://192.0.2.1/i.png) **bold** $x$"
TABLE = f"""id,kind,text,options,scale
q1,single,{HOSTILE},1=Yes {HOSTILE}|2=No,
q2,rating,How much?,1=Little|2=Some|3=Much,zeal
q3,long_text,Why?,,
"""


@pytest.fixture
def study(run: Any, tmp_path: Path) -> str:
    """A finished run of simulated respondents."""
    table = tmp_path / "table.csv"
    table.write_text(TABLE, encoding="utf-8")
    ran = run("run", str(table), "--personas", "library", "--model", "behavioural")
    return str(ran.stdout.split()[-1])


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The runs that would have been started, each in a process of its own."""
    ids: list[str] = []
    monkeypatch.setattr(jobs, "start", lambda _, run_id: ids.append(run_id))
    return ids


def test_home_says_what_is_here_and_leads_to_a_first_answer(environment: Path) -> None:
    test = opened("home")
    html = shown(test)
    assert "<dt>people</dt><dd>8</dd>" in html and "scripted:" in html
    test.button[1].click().run()  # does the model answer?
    assert "answered in" in shown(test)
    test.text_input[0].set_value("Where were you born?")
    next(one for one in test.button if "Hear" in one.label).click().run()
    assert not test.exception
    assert "I was born by the sea." in shown(test)
    [conversation] = state.workspace().conversations.list()
    [turn] = state.workspace().conversations.turns(conversation.id)
    assert turn.text == "Where were you born?"


def test_a_model_that_does_not_answer_is_one_sentence(
    environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIMULACRA_MODEL", "magic:7")
    test = opened("home")
    test.button[1].click().run()
    assert not test.exception
    assert 'role="alert"' in shown(test) and "magic:7" in shown(test)


def test_a_survey_is_brought_in_shown_and_edited(environment: Path) -> None:
    test = opened("surveys")
    test.file_uploader[0].upload("my survey.csv", TABLE.encode(), "text/csv").run()
    assert not test.exception
    html = shown(test)
    assert "<dt>questions</dt><dd>3</dd>" in html
    assert "&lt;img src=x" in html and "<img" not in html
    shelf = Shelf(state.workspace())
    assert shelf.is_own("my_survey")
    assert shelf.read("my_survey").instrument.items[0].text == HOSTILE
    test.text_input(key="into my_survey").set_value("second")
    test.button(key="save").click().run()
    assert not test.exception
    assert shelf.read("second").instrument.items == shelf.read("my_survey").instrument.items
    assert test.selectbox(key="survey").value == "second"


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("broken.qsf", b"{", "broken.qsf cannot be read"),
        ("empty.csv", b"", "empty.csv cannot be read"),
        ("<b>.yaml", b"id: [", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence(
    environment: Path, name: str, content: bytes, told: str
) -> None:
    test = opened("surveys")
    test.file_uploader[0].upload(name, content, "text/plain").run()
    assert not test.exception
    html = shown(test)
    assert 'role="alert"' in html and told in html and "/tmp" not in html
    assert "<b>.yaml" not in html


def test_a_study_is_estimated_planned_and_started(environment: Path, started: list[str]) -> None:
    test = opened("study")
    assert "No study yet." in [one.value for one in test.caption]
    test.selectbox(key="instrument").set_value("mini_ipip").run()
    test.text_input(key="study_model").set_value("behavioural")
    test.number_input(key="replicates").set_value(2)
    next(one for one in test.button if one.label == "Estimate").click().run()
    assert not test.exception
    assert "<dt>answers</dt><dd>320</dd>" in shown(test)
    next(one for one in test.button if one.label == "Start").click().run()
    assert not test.exception
    [summary] = state.workspace().runs.list()
    assert started == [summary.id]
    assert (summary.cells, summary.status) == (320, RunStatus.PLANNED)
    spec = state.workspace().runs.spec(summary.id)
    assert (spec.replicates, spec.method, spec.name) == (2, "cognitive", "mini_ipip")
    assert f"{summary.name} · {summary.id}" in test.selectbox(key="run").options


def test_a_run_that_was_started_is_the_one_that_is_watched(
    environment: Path, started: list[str]
) -> None:
    test = opened("study")
    test.text_input(key="study_model").set_value("behavioural")
    for times in (1, 2, 3):
        next(one for one in test.button if one.label == "Start").click().run()
        assert not test.exception
        assert len(started) == times
        assert test.selectbox(key="run").value == started[-1]
    test.selectbox(key="run").set_value(started[0]).run()
    assert test.selectbox(key="run").value == started[0]


def test_what_cannot_be_planned_is_one_sentence(environment: Path, started: list[str]) -> None:
    test = opened("study")
    test.selectbox(key="group").set_value("chosen").run()
    next(one for one in test.button if one.label == "Start").click().run()
    assert "choose at least one person" in shown(test)
    test.multiselect(key="who").set_value(["inti-quispe"])
    test.text_input(key="study_model").set_value("magic:7")
    next(one for one in test.button if one.label == "Start").click().run()
    assert not test.exception
    assert "magic:7" in shown(test)
    assert started == [] and state.workspace().runs.list() == []


def test_a_run_is_continued_and_cancelled(run: Any, environment: Path, started: list[str]) -> None:
    test = opened("study")
    test.text_input(key="study_model").set_value("behavioural")
    next(one for one in test.button if one.label == "Start").click().run()
    [planned] = started
    test.button(key="continue").click().run()
    assert started == [planned, planned]
    test.button(key="cancel").click().run()
    assert not test.exception
    assert state.workspace().runs.summary(planned).status is RunStatus.CANCELLED


def test_results_show_items_groups_scales_words_and_files(environment: Path, study: str) -> None:
    test = opened("results")
    html = shown(test)
    assert "24 of 24 answers" in html and "&lt;img" in html and "<img" not in html
    test.selectbox(key="by").set_value("gender").run()
    assert not test.exception
    bases = next(one.value for one in test.dataframe if "people" in one.value)
    assert sum(bases["people"]) == 8
    test.radio(key="view").set_value("Scales").run()
    scales = next(one.value for one in test.dataframe if "scale" in one.value)
    assert list(scales["item"]) == ["all", "q2"] and list(scales["answers"]) == [8, 8]
    test.radio(key="view").set_value("In words").run()
    assert "8 answers" in [one.value for one in test.caption]
    test.text_input(key="search").set_value("no such words").run()
    assert "0 answers" in [one.value for one in test.caption]
    test.radio(key="view").set_value("Files").run()
    next(one for one in test.button if one.label == "Make the files").click().run()
    assert not test.exception
    [archive] = [one for one in test.get("download_button") if one.proto.label == "Download"]
    assert archive is not None


def test_results_without_any_say_how_to_begin(environment: Path) -> None:
    assert "Nothing was answered yet." in shown(opened("results"))
