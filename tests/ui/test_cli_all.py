"""``simulacra evaluate all``: every part in one report, or the reason why it is not there."""

import json
from pathlib import Path
from typing import Any

import pytest

from evaluation import whole
from evaluation.sections import Section

PARTS = ("self-report", "observer", "traits", "psychometrics", "robustness", "drift", "conformity")


@pytest.mark.slow
def test_parts_of_one_person_stand_in_one_report(run: Any, tmp_path: Path) -> None:
    out = tmp_path / "out"
    args = ("evaluate", "all", "inti-quispe", "--model", "behavioural", "--out", str(out))
    chosen = ("--parts", "observer,traits,psychometrics,drift", "--replicates", "2")
    told = run(*args, *chosen, "--json")
    report = json.loads(told.stdout)
    assert [one["name"] for one in report["sections"]] == ["traits", "psychometrics", "drift"]
    assert "need a language model" in report["skipped"]["observer"]
    assert report["skipped"]["robustness"] == "left out"
    assert "simulacra evaluate fidelity" in report["skipped"]["fidelity"]
    assert report["people"] == ["Inti Quispe"] and report["simulated"] is True
    [traits, psychometrics, _] = report["sections"]
    assert set(psychometrics["runs"].values()) <= set(traits["runs"].values())
    html = (out / "report.html").read_text(encoding="utf-8")
    for name in ("traits", "psychometrics", "drift"):
        assert f'<section id="{name}">' in html
    assert "<script" not in html
    assert "traits ..." in told.stderr


def test_what_was_done_is_kept_until_all_of_it_is(
    run: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def part(name: str, *, stops: bool = False) -> Any:
        async def make(*_: object) -> Section:
            asked.append(name)
            if stops:
                raise KeyboardInterrupt
            texts = dict.fromkeys(("title", "question", "method", "sample"), "x")
            return Section(name=name, **texts)

        return make

    args = ("evaluate", "all", "inti-quispe", "--model", "behavioural", "--json")
    monkeypatch.setattr(whole, "PARTS", {"one": part("one"), "two": part("two", stops=True)})
    assert "Stopped" in run(*args, code=1).stderr
    monkeypatch.setattr(whole, "PARTS", {"one": part("one"), "two": part("two")})
    again = json.loads(run(*args).stdout)
    assert [one["name"] for one in again["sections"]] == ["one", "two"]
    assert asked == ["one", "two", "two"]
    assert not list((folder / "evaluations").iterdir())
    run(*args)  # complete: this one is a retest
    assert asked == ["one", "two", "two", "one", "two"]
    run(*args, "--seed", "7")
    assert asked[5:] == ["one", "two"]


def test_what_cannot_be_evaluated_is_one_sentence(run: Any) -> None:
    person = ("evaluate", "all", "inti-quispe", "--model", "behavioural")
    told = run(*person, "--parts", "traits,magic", code=2).stderr
    assert "there is no part 'magic'" in told and ", ".join(PARTS) in told
    told = run(*person, "--parts", "observer", code=2).stderr
    assert "nothing can be evaluated (" in told
    assert "observer: simulated respondents have no words of their own" in told
