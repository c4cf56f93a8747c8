import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from evaluation.figures import (
    feeling_panel,
    option_colours,
    option_panel,
    stage_panel,
    trait_panel,
)
from evaluation.report.study import page, write_demo_report
from evaluation.report.study_content import build_report
from evaluation.traits import ScaleScore
from simulacra.domain.answer import Answer, Missing, MissingCode, Reply, Response
from simulacra.domain.call import Call, Message, Request, Usage
from simulacra.domain.emotion import EmotionalState
from simulacra.domain.memory import Memory, Recalled
from simulacra.domain.persona import FACETS, Persona, Personality, Profile
from simulacra.domain.run import Cell, Interview, PersonaRef, RunSpec, RunStatus, RunSummary
from simulacra.domain.survey import Instrument, Item, Kind, Option
from simulacra.errors import StorageError
from simulacra.export.study import Person
from simulacra.runs.plan import plan
from simulacra.survey.orders import Draw
from simulacra.survey.present import present

EVIL = "<script>alert('x')</script><img src=http://example.org/a.png>"
SCALE = tuple(
    Option(code=str(code), label=label)
    for code, label in enumerate(("Never", "Seldom", "Unsure", "Often", "Always"), start=1)
)
INSTRUMENT = Instrument(
    id="small",
    title=f"Small study {EVIL}",
    items=(
        *(
            Item(id=f"e{n}", kind=Kind.RATING, text=f"Statement {n}", options=SCALE,
                 scale="extraversion", reverse=n > 2)
            for n in (1, 2, 3, 4)
        ),
        Item(id="age", kind=Kind.NUMERIC, text="How old are you?"),
        Item(id="work", kind=Kind.SHORT_TEXT, text="What work do you do?"),
        Item(id="day", kind=Kind.LONG_TEXT, text="A good day?"),
    ),
)  # fmt: skip


def person(name: str, age: int, level: int) -> Persona:
    return Persona(
        id=name.lower(),
        name=name,
        source="import",
        profile=Profile(gender="female", age=age, occupation="lamplighter"),
        personality=Personality(facets=dict.fromkeys(FACETS, level)),
    )


PEOPLE = (person("Ada", 36, 4), person("Bea", 61, 2))


def call(agent: str, latency: float) -> Call:
    message = Message(role="user", text="Well?")
    request = Request(agent=agent, prompt_name=agent, prompt_hash="h", messages=(message,))
    return Call(
        request=request, reply="so", latency=latency, model="SmolLM2-135M-Instruct",
        usage=Usage(tokens_in=1000, tokens_out=10),
    )  # fmt: skip


def reply(text: str, code: str | None = None) -> Reply:
    memory = Memory(id="m1", content=f"The lamp {EVIL}", when="1999-05")
    return Reply(
        text=text,
        selection=(code,) if code else (),
        probabilities={"1": 0.05, "2": 0.1, "3": 0.1, "4": 0.15, "5": 0.6} if code else None,
        recalled=(Recalled(memory=memory, score=0.5),),
        emotion=EmotionalState(valence=0.25, arousal=0.5, feeling=f"I feel light {EVIL}"),
        plan=f"I will say so {EVIL}",
        recall_seconds=0.125,
        calls=(call("emotion", 1.0), call("planning", 2.0), call("top", 0.5)),
    )


@dataclass
class MadeUpRun:
    """A run held in memory: the responses of each person in item order."""

    given: Sequence[Sequence[Response]]
    plain: bool = False
    extra: list[tuple[Interview, Cell]] = field(default_factory=list)
    run_id: str = "run-1"
    personas: Mapping[PersonaRef, Person] = field(default_factory=dict)
    manifest: dict[str, Any] = field(default_factory=dict)
    instrument: Instrument = INSTRUMENT

    @property
    def spec(self) -> RunSpec:
        refs = tuple(PersonaRef(id=one.id, version=1) for one in PEOPLE[: len(self.given)])
        spec = RunSpec(name="demo", instrument=self.instrument, personas=refs, seed=3)
        return spec.model_copy(update={"method": "profile"}) if self.plain else spec

    @property
    def summary(self) -> RunSummary:
        return RunSummary(
            id="run-1", name="demo", status=RunStatus.DONE, cells=14, done=14, missing=0, cost=0,
            created=datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
        )  # fmt: skip

    def records(self) -> Iterator[tuple[Interview, Cell]]:
        for interview, responses in zip(plan(self.spec), self.given, strict=True):
            for position, response in enumerate(responses):
                yield interview, self.cell(interview, position, response)
        yield from self.extra

    def cell(
        self, interview: Interview, position: int, response: Response, attempt: int = 1
    ) -> Cell:
        item = self.instrument.items[position]
        codes = response.codes if isinstance(response, Answer) else ()
        said = reply(EVIL, codes[0] if codes else None)
        if self.plain:
            said = Reply(text=EVIL, selection=codes, calls=(call("top", 0.5),))
        return Cell(
            interview_id=interview.id, item_id=item.id, position=position, attempt=attempt,
            question=present(item, self.instrument, Draw(0, 1, 1), {}),
            replies=(said,), response=response, seed=1,
        )  # fmt: skip


def coded(*codes: int) -> list[Response]:
    return [Answer(codes=(str(code),)) for code in codes]


UNREADABLE = Missing(code=MissingCode.UNREADABLE, detail=f"names two options {EVIL}")
WORDS: list[Response] = [Answer(number=36), Answer(text=EVIL), UNREADABLE]


def small(**changes: Any) -> MadeUpRun:
    return MadeUpRun([[*coded(5, 4, 2, 2), *WORDS], [*coded(5, 5, 5, 5), *WORDS]], **changes)


class _Tags(HTMLParser):
    """Every start tag with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_page_runs_nothing_and_loads_nothing(tmp_path: Path) -> None:
    text = write_demo_report(small(), PEOPLE, tmp_path).read_text(encoding="utf-8")
    tags = _Tags(text).tags
    names = {tag for tag, _ in tags}
    assert not names & {
        "script",
        "img",
        "link",
        "iframe",
        "object",
        "image",
        "base",
        "foreignobject",
    }
    for _, attributes in tags:
        assert "src" not in attributes
        assert not any(name.startswith("on") for name in attributes)
        assert (attributes.get("href") or "#").startswith("#")
    assert not re.search(r"url\((?!#)|@import", text)
    assert "default-src 'none'" in text


def test_text_of_models_files_and_people_is_shown_as_text(tmp_path: Path) -> None:
    text = write_demo_report(small(), PEOPLE, tmp_path).read_text(encoding="utf-8")
    escaped = "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"
    for context in ("Small study ", "The lamp ", "I feel light ", "I will say so ",
                    "names two options "):  # fmt: skip
        assert context + escaped in text
    assert "<script" not in text


def test_every_id_of_the_page_is_its_own_and_every_reference_has_its_target(
    tmp_path: Path,
) -> None:
    text = write_demo_report(small(), PEOPLE, tmp_path).read_text(encoding="utf-8")
    ids = Counter(attributes["id"] for _, attributes in _Tags(text).tags if "id" in attributes)
    assert ids and max(ids.values()) == 1
    used = set(re.findall(r'(?:url\(#|href="#)([^")]+)', text))
    assert used and used <= set(ids)


def test_the_same_run_gives_the_same_bytes_and_replaces_the_old_files(tmp_path: Path) -> None:
    first = write_demo_report(small(), PEOPLE, tmp_path / "a")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "report.html").write_text("old")
    again = write_demo_report(small(), PEOPLE, tmp_path / "b")
    assert first == tmp_path / "a" / "report.html"
    for name in ("report.html", "report.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert sorted(one.name for one in again.parent.iterdir()) == ["report.html", "report.json"]


def test_the_numbers_as_data(tmp_path: Path) -> None:
    write_demo_report(small(), PEOPLE, tmp_path)
    data = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert data["simulated"] is True
    ada, bea = data["respondents"]
    assert ada["scales"] == [{"scale": "extraversion", "mean": 4.25, "answered": 4, "items": 4}]
    assert bea["scales"][0]["mean"] == 3.0
    assert (ada["assigned"]["extraversion"], bea["assigned"]["intellect"]) == (4.0, 2.0)
    assert [bar["counts"] for bar in ada["bars"]] == [
        [0, 2, 0, 1, 1], [0, 0, 0, 1, 1], [0, 2, 0, 0, 0],
    ]  # fmt: skip
    assert ada["seconds"] == {"memory": 0.875, "emotion": 7.0, "planning": 14.0, "top": 3.5}
    assert ada["valence"] == [0.25] * 7
    assert (data["study"]["calls"], data["study"]["tokens_in"]) == (42, 42_000)
    assert data["study"]["missing"] == len(data["gaps"]) == 2


def test_the_page_says_what_it_is_and_what_it_rests_on() -> None:
    text = page(build_report(small(), PEOPLE))
    assert "Simulated respondents." in text
    assert "135 million parameters" in text
    assert "42 calls, 42,000 tokens read and 420 written" in text
    assert "14 questions in all, 2 without an answer" in text
    for mark in ("from the answers", "as assigned", "n = 4", "(n = 2)", "Valence", "25.4 s in all"):
        assert mark in text


def test_facts_stand_beside_the_answers() -> None:
    age, work, day = build_report(small(), PEOPLE).open_items
    assert [(one.name, one.answer, one.fact) for one in age.answers] == [
        ("Ada", "36", "36"), ("Bea", "36", "61"),
    ]  # fmt: skip
    assert {(one.answer, one.fact) for one in work.answers} == {(EVIL, "lamplighter")}
    assert {(one.answer, one.missing, one.fact) for one in day.answers} == {
        ("", "Unreadable reply", "")
    }


def test_missing_answers_carry_their_reason_and_what_came_back() -> None:
    gap = build_report(small(), PEOPLE).gaps[0]
    assert (gap.name, gap.item_id, gap.code, gap.reason) == ("Ada", "day", -95, "Unreadable reply")
    assert gap.detail.startswith("names two options")
    assert gap.raw == EVIL
    whole = MadeUpRun([[*coded(1, 1, 1, 1), *WORDS[:2], Answer(text="Today.")]])
    assert "None: every question" in page(build_report(whole, PEOPLE))


def test_only_the_latest_attempt_of_a_cell_counts() -> None:
    failed = Missing(code=MissingCode.TECHNICAL, detail="ServerFailed")
    run = MadeUpRun([[*coded(5, 5, 1), failed, *WORDS]])
    first = build_report(run, PEOPLE)
    assert first.respondents[0].missing == 2
    (interview,) = plan(run.spec)
    run.extra = [(interview, run.cell(interview, 3, Answer(codes=("5",)), attempt=2))]
    report = build_report(run, PEOPLE)
    assert report.respondents[0].missing == 1
    assert report.respondents[0].scales[0].mean == (5 + 5 + 5 + 1) / 4
    assert report.respondents[0].cells == 7


def test_examples_are_drawn_from_the_people_in_turn_and_told_whole() -> None:
    report = build_report(small(), PEOPLE)
    assert [one.name for one in report.examples] == ["Ada", "Bea", "Ada"]
    assert report.examples == build_report(small(), PEOPLE).examples
    assert len({(one.name, one.item_id) for one in report.examples}) == 3
    one = report.examples[1]
    assert one.memories[0].text.startswith("The lamp")
    assert one.emotion and one.emotion.valence == 0.25
    assert one.plan.startswith("I will say so")
    assert one.options[4] == ("5", "Always", 0.6, True)
    assert one.answer == "Always"


def test_what_a_method_does_not_have_is_left_out() -> None:
    text = page(build_report(small(plain=True), PEOPLE))
    assert "How the feeling moved" not in text
    assert "Recalling memories calls no model" not in text
    assert "Where the time went" in text


def test_an_instrument_without_scales_and_ratings_has_no_such_figures() -> None:
    instrument = Instrument(id="one", items=(Item(id="q", kind=Kind.LONG_TEXT, text="Well?"),))
    run = MadeUpRun([[Answer(text="Yes.")]], instrument=instrument)
    text = page(build_report(run, PEOPLE))
    assert "Who the answers describe" not in text
    assert "Which options were chosen" not in text
    assert "How an answer came about" not in text
    assert "Yes." in text


def test_a_persona_that_was_not_given_is_an_error() -> None:
    with pytest.raises(KeyError):
        build_report(small(), PEOPLE[:1])


def test_a_folder_that_cannot_be_made_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot write the report"):
        write_demo_report(small(), PEOPLE, tmp_path / "file" / "out")


def scores(*means: float | None) -> list[ScaleScore]:
    return [
        ScaleScore(scale=scale, mean=mean, answered=4 if mean else 2, items=4)
        for scale, mean in zip(("extraversion", "intellect"), means, strict=True)
    ]


def figures(key: str) -> list[str]:
    return [
        trait_panel(scores(2.5, None), {"extraversion": 4.0}, key=key, label="L & <l>"),
        option_panel([("All", [1, 0, 3]), ("None", [0, 0, 0])], key=key, label="L & <l>"),
        feeling_panel([0.1, None, -0.4], [0.2, None, 0.5], key=key, label="L & <l>"),
        stage_panel({"memory": None, "$top_1$": 2.0}, 3.0, key=key, label="L & <l>"),
    ]


@pytest.mark.parametrize("number", range(4))
def test_a_figure_is_one_element_with_equal_bytes_for_equal_data(number: int) -> None:
    drawn = figures("a")[number]
    assert drawn == figures("a")[number]
    root = ElementTree.fromstring(drawn)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.attrib["aria-label"] == "L & <l>"
    assert not re.search(r"<metadata|<style|20\d\d-\d\d|font-family", drawn)
    ids = set(re.findall(r'id="([^"]+)"', drawn))
    assert ids.isdisjoint(re.findall(r'id="([^"]+)"', figures("b")[number]))


@pytest.mark.parametrize("number", range(4))
def test_texts_of_a_figure_take_their_colour_from_the_page(number: int) -> None:
    texts = re.findall(r'<text style="([^"]*)"', figures("a")[number])
    fills = {re.search(r"fill: ([^;]+)", style)[1] for style in texts}  # type: ignore[index]
    on_bars = {"#0a0a0a", "#ffffff"}
    assert texts
    assert all(fill == "currentColor" or fill.startswith("var(--") for fill in fills - on_bars)
    assert number == 1 or not fills & on_bars


def test_figures_show_what_they_are_given() -> None:
    traits, options, feelings, stages = figures("a")
    assert {"n = 4", "n = 2,", "too few"} <= _texts(traits)
    assert {"All (n = 4)", "1", "3", "None (n = 0)", "no answer"} <= _texts(options)
    assert {"1", "3"} <= _texts(feelings)
    assert {"not used", "$top_1$", "2.0 s"} <= _texts(stages)
    # a level and its diamond, and a row with neither
    assert traits.count("<use") == 2
    # two lines, each broken where there is no state
    line = re.search(r'<path d="([^"]+)"[^>]*stroke: var\(--vermillion', feelings)
    assert line and line[1].count("M") == 2


def test_disc_and_diamond_lie_at_their_levels() -> None:
    drawn = trait_panel(scores(2.0, 5.0), {"extraversion": 4.0}, key="a", label="x")
    ticks = [float(x) for x in re.findall(r'text-anchor: middle[^"]*" x="([\d.]+)"', drawn)[:5]]
    marks = [float(x) for x in re.findall(r'<use [^>]*x="([\d.]+)"', drawn)]
    diamond, disc, other = marks
    assert disc == pytest.approx(ticks[1], abs=0.01)
    assert diamond == pytest.approx(ticks[3], abs=0.01)
    assert other == pytest.approx(ticks[4], abs=0.01)


def test_the_bars_have_the_colours_of_the_legend() -> None:
    drawn = option_panel([("All", [1, 2, 3, 4, 5])], key="a", label="x")
    bars = re.findall(r'style="fill: ([^;]+); stroke: var\(--paper', drawn)
    assert tuple(bars) == option_colours(5)


def test_option_colours_are_distinct_for_any_number_of_options() -> None:
    assert all(len(set(option_colours(number))) == number for number in range(1, 12))


def _texts(drawn: str) -> set[str]:
    return {"".join(one.itertext()).strip() for one in ElementTree.fromstring(drawn).iter()}
