"""Skips and ends as conditions: who answers alike is asked alike."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from simulacra.domain.answer import Answer, Response
from simulacra.domain.flow import Block, Branch, End, Group, Loop, Randomise, Round, SetField, Show
from simulacra.domain.survey import Instrument, Item, Kind, Option, Skip
from simulacra.survey.formats import read_instrument, write_instrument
from simulacra.survey.formats.straight import straightened
from simulacra.survey.orders import Draw
from simulacra.survey.unroll import unrolled
from simulacra.survey.walk import Walk

CODES = ("1", "2", "3")
OPTIONS = tuple(Option(code=code, label=f"label {code}") for code in CODES)
NAMES = tuple(f"q{n}" for n in range(9))


def asked(instrument: Instrument, answers: Mapping[str, str]) -> list[str]:
    """What is asked of somebody who answers so, and "1" where nothing is said."""
    responses: dict[str, Response] = {}
    found = []
    for item, put in Walk(unrolled(instrument), responses, Draw(1, 0, 0)):
        if put:
            found.append(item.id)
            code = answers.get(item.id.split(".")[0], "1")
            if item.kind != Kind.INFO:
                responses[item.id] = Answer(codes=(code,))
    return found


def single(name: str, *skips: Skip, condition: str | None = None) -> Item:
    return Item(
        id=name, kind=Kind.SINGLE, text=f"{name}?", options=OPTIONS, skips=skips,
        condition=condition, required=False,
    )  # fmt: skip


def conditions(upto: int) -> st.SearchStrategy[str]:
    """Conditions on the items up to one, in every form that all formats can say."""
    name, code = st.sampled_from(NAMES[: upto + 1]), st.sampled_from(CODES)
    one = st.builds("{} = '{}'".format, name, code)
    forms = one | st.builds("answered({})".format, name) | st.builds("not {}".format, one)
    forms |= st.builds("({} or {})".format, one, one)
    return forms | st.builds("{} and {}".format, one, one)


@st.composite
def jumping(draw: st.DrawFn) -> Instrument:
    """Instruments of three blocks, with skips of every kind, branches, ends and fields."""
    items = []
    for at, name in enumerate(NAMES):
        targets = [*NAMES[at + 1 : at // 3 * 3 + 3], "end_of_block", "end_of_survey"]
        skips = draw(
            st.lists(st.builds(Skip, condition=conditions(at), to=st.sampled_from(targets)),
                     max_size=2)
        )  # fmt: skip
        condition = draw(st.none() | conditions(at - 1)) if at else None
        items.append(single(name, *skips, condition=condition))
    items.append(Item(id="f", kind=Kind.FIELD))
    blocks = tuple(Block(id=f"b{n}", pages=(NAMES[3 * n : 3 * n + 3],)) for n in range(3))
    shows = [Show(block=block.id) for block in blocks]
    end = End(message=draw(st.sampled_from(["", "Bye"])), screened=draw(st.booleans()))
    ending = Branch(condition=draw(conditions(2)), then=(end,))
    if draw(st.booleans()):
        first = (SetField(field="f", text="x"),)
        ending = Branch(condition=draw(conditions(1)), then=first, otherwise=(ending,))
    middle = draw(st.sampled_from([shows[1], Group(title="G", steps=(shows[1],))]))
    other = Branch(condition=draw(conditions(5)), then=(shows[2],), otherwise=(end,))
    last = draw(st.sampled_from([shows[2], other]))
    return Instrument(
        id="jumps", items=tuple(items), blocks=blocks, flow=(shows[0], ending, middle, last)
    )


ANSWERS = st.fixed_dictionaries({name: st.sampled_from(CODES) for name in NAMES})


@given(instrument=jumping(), answers=st.lists(ANSWERS, min_size=3, max_size=3))
def test_nobody_is_asked_anything_else(
    instrument: Instrument, answers: list[dict[str, str]]
) -> None:
    straight, told = straightened(instrument)
    assert not any(item.skips for item in straight.items) or len(told) == 0
    for one in answers:
        assert asked(straight, one) == asked(instrument, one)
    kept = [entry.question for entry in told if entry.what == "skips"]
    assert kept == [item.id for item in instrument.items if item.skips]


@pytest.mark.parametrize(
    ("into", "name"), [("xlsform", "a.xlsx"), ("surveyjs", "a.json"), ("lss", "a.lss")]
)
@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(instrument=jumping(), answers=st.lists(ANSWERS, min_size=3, max_size=3))
def test_the_way_comes_through_every_format(
    tmp_path: Path, into: str, name: str, instrument: Instrument, answers: list[dict[str, str]]
) -> None:
    path = tmp_path / name
    told = write_instrument(instrument, path, into)
    back, _ = read_instrument(path)
    assert not [entry for entry in told if "cannot" in entry.why]
    for one in answers:
        assert asked(back, one) == asked(instrument, one)


@pytest.mark.parametrize(
    "block",
    [
        Block(id="b", pages=(("a", "b"),), shuffle=True),
        Block(id="b", pages=(("a", "b"),), loop=Loop(rounds=(Round(key="1"), Round(key="2")))),
    ],
)
def test_jumps_that_conditions_cannot_say_stay(block: Block) -> None:
    skip = Skip(condition="a = 2", to="end_of_survey")
    instrument = Instrument(id="x", items=(single("a", skip), single("b")), blocks=(block,))
    assert straightened(instrument) == (instrument, [])


def test_an_end_that_looks_at_what_changes_later_stays() -> None:
    flow = (
        SetField(field="f", text="1"),
        Branch(condition="f = '1'", then=(End(),)),
        SetField(field="f", text="2"),
        Randomise(id="r", steps=(Show(block="b"),)),
    )
    items = (single("a"), Item(id="f", kind=Kind.FIELD))
    instrument = Instrument(
        id="x", items=items, blocks=(Block(id="b", pages=(("a",),)),), flow=flow
    )
    assert straightened(instrument) == (instrument, [])


def test_in_a_loop_a_skip_looks_at_the_answers_of_its_round() -> None:
    items = (single("a", Skip(condition="a = 2", to="end_of_block")), single("b"))
    loop = Loop(rounds=(Round(key="1"), Round(key="2")))
    block = Block(id="b", pages=(("a", "b"),), loop=loop)
    straight, _ = straightened(Instrument(id="x", items=items, blocks=(block,)))
    assert straight.items[1].condition == "not a = 2"
    assert asked(straight, {"a": "2"}) == ["a.1", "a.2"]
    assert asked(straight, {}) == ["a.1", "b.1", "a.2", "b.2"]


def test_where_a_format_has_jumps_only_the_ends_of_blocks_are_said() -> None:
    items = (
        single("a", Skip(condition="a = 2", to="c")),
        single("b", Skip(condition="b = 2", to="end_of_block")),
        single("c"),
        single("d", Skip(condition="d = 2", to="c"), Skip(condition="d = 3", to="end_of_survey")),
        single("e"),
    )
    block = Block(id="b", pages=(tuple(item.id for item in items),))
    instrument = Instrument(id="x", items=items, blocks=(block,))
    straight, _ = straightened(instrument, jumps=True)
    assert straight.items[0].skips == items[0].skips
    assert straight.items[1].skips == ()
    reached = "not b = 2 and not d = 2 and d = 3"
    assert straight.items[3].skips == (Skip(condition=reached, to="end_of_survey"),)
    for code in CODES:
        for other in CODES:
            answers = {"a": code, "b": other, "d": other}
            assert asked(straight, answers) == asked(instrument, answers)


LOOPS = (
    Loop(rounds=(Round(key="1"), Round(key="2"))),
    Loop(rounds=(
        Round(key="ann", fields={"name": "Ann"}),
        Round(key="bob", fields={"name": "Bob"}, condition="z = '2'"),
    )),
)  # fmt: skip


@pytest.mark.parametrize(
    ("into", "ending"), [("xlsform", "xlsx"), ("surveyjs", "json"), ("lss", "lss")]
)
@pytest.mark.parametrize("loop", LOOPS)
def test_every_round_of_a_loop_is_asked(tmp_path: Path, into: str, ending: str, loop: Loop) -> None:
    items = (single("z"), single("a"), single("b", condition="a = '2'"), single("c"))
    blocks = (
        Block(id="first", pages=(("z",),)),
        Block(id="loop", pages=(("a", "b"),), loop=loop),
        Block(id="last", pages=(("c",),)),
    )
    text = "${loop|name} and ${a}?"
    items = (*items[:2], items[2].model_copy(update={"text": text}), items[3])
    instrument = Instrument(id="x", items=items, blocks=blocks)
    path = tmp_path / f"a.{ending}"
    told = write_instrument(instrument, path, into)
    back = unrolled(read_instrument(path)[0])
    for answers in ({}, {"z": "2"}, {"a": "2"}, {"z": "2", "a": "2"}):
        assert asked(back, answers) == asked(instrument, answers)
    if loop.rounds[0].fields:
        assert [entry.what for entry in told].count("loop loop") == 1
        assert any(item.text.startswith("Bob and") for item in back.items)
