import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evaluation.answers import amount, is_amount
from evaluation.drift import SAME_NOTE, Asked, DriftResult, drift_of, texts_of
from evaluation.drift_report import interval_of, page, said, write_drift
from evaluation.drift_runs import BRIEF_NOTE, measure_drift
from evaluation.intervals import mean_interval
from simulacra.domain.answer import Answer, Missing, MissingCode, Response
from simulacra.domain.call import Request
from simulacra.domain.stage import STAGES, up_to
from simulacra.domain.survey import Instrument, Item, Kind, Option
from simulacra.errors import FatalModelError, InputError
from simulacra.llm.port import ModelInfo
from simulacra.llm.scripted import ScriptedModel
from simulacra.settings import Settings
from simulacra.workspace import Workspace
from tests.support.minds import APPRAISAL, PLANNED, recaller
from tests.support.people import ilka

OPTIONS = tuple(Option(code=str(code), label=f"Level {code}") for code in range(1, 6))
MODEL = "planted"


def rating(name: str, scale: str | None, **changes: Any) -> Item:
    return Item(
        id=name,
        kind=Kind.RATING,
        text=f"Statement {name}.",
        options=OPTIONS,
        scale=scale,
        **changes,
    )


INSTRUMENT = Instrument(
    id="small",
    title="Six statements",
    items=(
        *(rating(f"warm{n}", "warmth") for n in (1, 2)),
        rating("warm3", "warmth", reverse=True),
        *(rating(f"calm{n}", "calm") for n in (1, 2, 3)),
        Item(id="words", kind=Kind.SHORT_TEXT, text="In one word?"),
    ),
)


class Planted:
    """Answers 2 or 3 by chance; on warmth 1 more with the biography and another with memories."""

    def __init__(self, biography: float = 1.0, life: float = 1.0) -> None:
        self.biography, self.life = biography, life
        self.requests: list[Request] = []
        self.dies_after: int | None = None

    def __call__(self, request: Request) -> str:
        if self.dies_after is not None and len(self.requests) >= self.dies_after:
            raise FatalModelError("the key was withdrawn")
        self.requests.append(request)
        if request.agent == "emotion":
            return json.dumps(APPRAISAL)
        if request.agent == "planning":
            return json.dumps(PLANNED)
        if request.agent != "top" or request.output is None:
            return "Plain."
        text = "\n".join(message.text for message in request.messages)
        asked = text.rpartition("Statement ")[2].partition(".")[0]
        level = 2 + random.Random(f"{request.seed} {asked} {len(text)}").randrange(2)
        if asked.startswith("warm"):
            level += int(self.biography * ("runs the night board" in text))
            level += int(self.life * ("You remember" in text))
        code = 6 - level if asked == "warm3" else level
        return json.dumps({"answer": str(code)})


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace.open(tmp_path / "w", settings=Settings(model=MODEL))
    opened.__dict__["recaller"] = recaller()
    opened.personas.save(ilka())
    yield opened
    opened.close()


async def measured(
    workspace: Workspace, planted: Planted, *, replicates: int = 20, **choices: Any
) -> DriftResult:
    info = choices.pop("info", {})
    described = ModelInfo(spec=MODEL, name=MODEL, **info)
    workspace._models[MODEL] = ScriptedModel(planted, info=described)
    person = workspace.personas.get("ilka-varga")
    return await measure_drift(
        workspace, person, INSTRUMENT, model=MODEL, replicates=replicates, **choices
    )


async def test_a_planted_shift_is_recovered_within_its_interval(workspace: Workspace) -> None:
    result = await measured(workspace, Planted())
    warmth, calm = result.scales
    for shift, truth in zip(warmth.shifts, (1.0, 1.0, 2.0), strict=True):
        assert shift.interval is not None and shift.clear
        assert shift.interval.low <= truth <= shift.interval.high
        assert shift.interval.high - shift.interval.low < 0.6
        assert shift.replicates == 20
    for shift in calm.shifts:
        assert shift.interval is not None
        assert shift.interval.low <= 0 <= shift.interval.high
        assert not shift.clear
    reversed_item = next(one for one in result.items if one.id == "warm3")
    assert reversed_item.shifts[-1].mean == pytest.approx(2, abs=0.5)
    assert result.left_out == ("words",)
    assert result.missing == dict.fromkeys(STAGES, 0)


async def test_no_shift_gives_intervals_over_zero(workspace: Workspace) -> None:
    result = await measured(workspace, Planted(0, 0))
    for one in result.scales:
        assert not any(shift.clear for shift in one.shifts)


async def test_the_stages_differ_in_what_is_given_and_in_nothing_else(
    workspace: Workspace,
) -> None:
    planted = Planted()
    result = await measured(workspace, planted, replicates=2, seed=5, temperature=0.5)
    assert result.methods == {
        "attributes": "profile", "biography": "profile", "life": "cognitive",
    }  # fmt: skip
    runs = {stage: workspace.runs.spec(run_id) for stage, run_id in result.runs.items()}
    assert {spec.settings["stage"] for spec in runs.values()} == set(STAGES)
    cells = {
        stage: [
            (interview.replicate, cell.item_id, cell.seed, cell.question, cell.temperature)
            for interview, cell in workspace.runs.records(run_id)
        ]
        for stage, run_id in result.runs.items()
    }
    assert cells["attributes"] == cells["biography"] == cells["life"]
    told = [
        ("runs the night board" in text, "Forty trams" in text)
        for text in ("\n".join(m.text for m in one.messages) for one in planted.requests)
    ]
    items = 2 * len(INSTRUMENT.items)
    assert told[:items] == [(False, False)] * items
    assert told[items : 2 * items] == [(True, False)] * items
    assert all(biography for biography, _ in told[2 * items :])
    assert any(memory for _, memory in told[2 * items :])


async def test_interrupted_it_goes_on_and_complete_it_is_a_retest(workspace: Workspace) -> None:
    planted = Planted()
    planted.dies_after = 20
    with pytest.raises(FatalModelError):
        await measured(workspace, planted, replicates=2, concurrency=1)
    planted.dies_after = None
    first = await measured(workspace, planted, replicates=2, concurrency=1)
    items = 2 * len(INSTRUMENT.items)
    assert len([one for one in planted.requests if one.agent == "top"]) == 3 * items
    assert len(workspace.runs.list()) == 3
    second = await measured(workspace, planted, replicates=2, concurrency=1)
    assert set(second.runs.values()).isdisjoint(first.runs.values())
    assert len(workspace.runs.list()) == 6
    other = await measured(workspace, planted, replicates=2, seed=1)
    assert set(other.runs.values()).isdisjoint(second.runs.values())


async def test_a_model_of_short_prompts_is_told_of(workspace: Workspace) -> None:
    result = await measured(workspace, Planted(), replicates=1, info={"detail": "brief"})
    assert result.notes == (BRIEF_NOTE,)
    assert result.scales[0].shifts[0].mean == 0


# ---- the measure --------------------------------------------------------------------------------

ASKED = Asked(
    model="m",
    replicates=3,
    seed=0,
    temperature=0.0,
    methods={"attributes": "profile", "biography": "profile", "life": "retrieval"},
)


def answers(*codes: str) -> list[dict[str, Response]]:
    """A replicate for each string: the codes of all items in order, - for a missing one."""
    gone = Missing(code=MissingCode.UNREADABLE)
    return [
        {
            item.id: gone if code == "-" else Answer(codes=(code,))
            for item, code in zip(INSTRUMENT.items, one, strict=False)
        }
        for one in codes
    ]


def test_shifts_by_hand() -> None:
    result = drift_of(
        ilka(),
        INSTRUMENT,
        {
            "attributes": answers("115333", "115333", "-15333"),
            "biography": answers("224333", "224333", "224333"),
            "life": answers("22-3-3", "2243-3", "224333"),
        },
        ASKED,
    )
    warmth, calm = result.scales
    assert warmth.levels == {"attributes": 1.0, "biography": 2.0, "life": 2.0}
    assert [shift.mean for shift in warmth.shifts] == [1.0, 0.0, 1.0]
    assert [shift.replicates for shift in warmth.shifts] == [2, 2, 1]
    assert warmth.shifts[0].interval is None
    assert calm.levels["life"] == 3.0
    assert result.missing == {"attributes": 1, "biography": 0, "life": 3}
    first = result.items[0]
    assert (first.lowest, first.highest) == (1, 5)
    assert [shift.replicates for shift in first.shifts] == [2, 3, 2]


def test_replicates_that_repeat_each_other_are_told_of() -> None:
    same = {stage: answers("115333", "115333", "115333") for stage in STAGES}
    told = drift_of(ilka(), INSTRUMENT, same, ASKED)
    assert told.notes == (SAME_NOTE,)
    interval = told.scales[0].shifts[-1].interval
    assert interval is not None and (interval.low, interval.high) == (0, 0)
    assert result().notes == ()
    silent = {stage: [{}, {}] for stage in STAGES}
    assert drift_of(ilka(), INSTRUMENT, silent, ASKED).notes == ()


def test_what_an_amount_is() -> None:
    reverse = rating("r", None, reverse=True)
    assert amount(reverse, Answer(codes=("5",))) == 1
    assert amount(reverse, Missing(code=MissingCode.SKIPPED)) is None
    assert amount(reverse, None) is None
    number = Item(id="n", kind=Kind.NUMERIC, text="How many?")
    assert amount(number, Answer(number=3.5)) == 3.5
    words = Item(
        id="w", kind=Kind.RATING, text="?", options=(Option(code="a", label="A"), *OPTIONS)
    )
    assert not is_amount(words)
    dont_know = Option(code="9", label="Don't know", missing=-96)
    with_missing = Item(id="d", kind=Kind.RATING, text="?", options=(*OPTIONS, dont_know))
    assert amount(with_missing, Answer(codes=("5",))) == 5


def test_an_instrument_without_amounts_is_refused() -> None:
    words = Instrument(id="w", items=(INSTRUMENT.items[-1],))
    with pytest.raises(InputError, match="nothing that can shift"):
        drift_of(ilka(), words, {stage: [{}] for stage in STAGES}, ASKED)


def test_the_interval_of_a_mean() -> None:
    assert mean_interval([1.0, 2.0], seed=0) is None
    same = mean_interval([2.0, 2.0, 2.0], seed=0)
    assert same is not None and (same.low, same.high) == (2, 2)
    rng = random.Random(1)
    hits = 0
    for seed in range(200):
        found = mean_interval([rng.gauss(1, 2) for _ in range(25)], seed=seed, resamples=400)
        assert found is not None
        hits += found.low <= 1 <= found.high
    assert 0.88 <= hits / 200 <= 0.98


def test_each_stage_holds_what_it_says() -> None:
    person = ilka()
    attributes, biography = up_to(person, "attributes"), up_to(person, "biography")
    assert (attributes.biography, attributes.story, attributes.memories) == ("", "", ())
    assert attributes.personality == person.personality
    assert biography.biography == person.biography and biography.story == ""
    assert up_to(person, "life") is person
    texts = texts_of(person)
    assert texts["biography"] == [person.biography]
    assert person.story in texts["life"] and person.story not in texts["attributes"]


# ---- the report ---------------------------------------------------------------------------------


def result() -> DriftResult:
    person = ilka().model_copy(update={"name": "Ilka <b>Varga</b>"})
    return drift_of(
        person,
        INSTRUMENT,
        {
            "attributes": answers("115333", "115233", "115343"),
            "biography": answers("224333", "224333", "224333"),
            "life": answers("333333", "333343", "333323"),
        },
        ASKED,
    )


def test_the_page_shows_the_numbers_and_escapes_what_it_is_given(tmp_path: Path) -> None:
    path = write_drift(result(), tmp_path)
    text = path.read_text(encoding="utf-8")
    assert "Ilka &lt;b&gt;Varga" in text and "<b>Varga" not in text
    assert "2503.16527" in text and "Hutto and Gilbert" in text
    assert "<svg" in text and "+2.00 *" in text
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert DriftResult.model_validate_json((tmp_path / "drift.json").read_text()) == result()
    assert page(result()) == text


def test_shifts_in_words() -> None:
    warmth, calm = result().scales
    assert said(warmth.shifts[-1]) == "+2.00 *"
    assert interval_of(warmth.shifts[-1]) == "+2.00 to +2.00"
    assert said(calm.shifts[0]).startswith("+0.00")
    few = ASKED.model_copy(update={"replicates": 1})
    one = drift_of(ilka(), INSTRUMENT, {stage: answers("115333") for stage in STAGES}, few)
    assert interval_of(one.scales[0].shifts[0]) == "1 replicates: no interval"
