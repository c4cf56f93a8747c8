"""What every format has a place for comes through each of them unchanged."""

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyxform.xls2xform import convert

from simulacra.domain.answer import Answer
from simulacra.domain.survey import Instrument, Item, Kind, Option
from simulacra.survey.condition import parse_condition
from simulacra.survey.expression import Expression, Reference, Selected
from simulacra.survey.formats import read_instrument, write_instrument
from simulacra.survey.formats.comparison import differences
from simulacra.survey.formats.lss.expressions import Manager, compile_em
from simulacra.survey.formats.surveyjs.expressions import Names, SurveyJs, compile_surveyjs
from simulacra.survey.formats.trees import Untranslatable
from simulacra.survey.formats.xlsform.xpath import compile_xpath
from simulacra.survey.formats.xlsform.xpath_text import XPath
from simulacra.survey.values import truth
from simulacra.survey.writing import condition_text
from tests.support.instruments import whole_instruments
from tests.survey.test_condition import EXPRESSIONS

WORDS = st.text("abcXYZ äß漢?!.,;:'\"&-<>=", min_size=1, max_size=12).map(str.strip).filter(bool)
PLAIN = WORDS.filter(lambda text: "<" not in text and "&" not in text)
OPTIONS = st.lists(PLAIN, min_size=2, max_size=4).map(
    lambda labels: tuple(Option(code=f"c{n}", label=one) for n, one in enumerate(labels))
)
CONDITIONS = st.sampled_from([
    None, "q0 = 1", "answered(q0)", "not answered(q0)", "q0 > 2 and q0 <= 5.5",
    "not q0 = 3 or q0 = 4", "(q0 + 1) * 2 < 7", "selected(m0, 'a') and not selected(m0, 'b')",
])  # fmt: skip
CLOSED = st.builds(
    Item,
    id=st.just("x"),
    kind=st.sampled_from([Kind.SINGLE, Kind.MULTI, Kind.RANKING]),
    text=WORDS,
    options=OPTIONS,
    required=st.booleans(),
    condition=CONDITIONS,
    shuffle=st.booleans(),
)
OPEN = st.builds(
    Item,
    id=st.just("x"),
    kind=st.sampled_from([Kind.SHORT_TEXT, Kind.LONG_TEXT, Kind.DATE, Kind.NUMERIC]),
    text=WORDS,
    required=st.booleans(),
    condition=CONDITIONS,
    help=st.just("") | PLAIN,
)
FIRST = (
    Item(id="q0", kind=Kind.NUMERIC, text="A number?", minimum=0, maximum=9),
    Item(id="m0", kind=Kind.MULTI, text="Which?", options=(
        Option(code="a", label="A"), Option(code="b", label="B"))),
)  # fmt: skip


@st.composite
def instruments(draw: st.DrawFn) -> Instrument:
    items = draw(st.lists(CLOSED | OPEN, min_size=1, max_size=3))
    numbered = [item.model_copy(update={"id": f"x{n}"}) for n, item in enumerate(items)]
    return Instrument(id="out", items=(*FIRST, *numbered))


@pytest.mark.parametrize(
    ("into", "name"),
    [("xlsform", "out.xlsx"), ("surveyjs", "out.json"), ("lss", "out.lss"), ("table", "out.csv")],
)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(instrument=instruments())
def test_common_things_survive(
    tmp_path: Path, into: str, name: str, instrument: Instrument
) -> None:
    path = tmp_path / name
    write_instrument(instrument, path, into)
    assert read_instrument(path)[0].items == instrument.items


SCHEMA = "surveyjs/surveyjs_definition.schema.json"


@pytest.mark.parametrize(
    ("into", "name"),
    [("xlsform", "a.xlsx"), ("surveyjs", "a.json"), ("lss", "a.lss"), ("table", "a.csv"),
     ("native", "a.yaml")],
)  # fmt: skip
@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(instrument=whole_instruments())
def test_whatever_differs_is_named(
    tmp_path: Path, into: str, name: str, instrument: Instrument
) -> None:
    """Every kind, logic, loops, skips, ends and random orders: nothing goes without a word."""
    path = tmp_path / name
    told = write_instrument(instrument, path, into)
    named = {(entry.question, entry.what) for entry in told}
    back, _ = read_instrument(path)
    assert {(item, field) for item, field, _ in differences(instrument, back)} <= named
    if into == "native":
        assert not told
    if into == "xlsform":
        convert(str(path))
    again = write_instrument(back, path, into)
    named = {(entry.question, entry.what) for entry in again}
    twice, _ = read_instrument(path)
    assert {(item, field) for item, field, _ in differences(back, twice)} <= named


@pytest.mark.slow
def test_real_surveys_go_out_in_every_format(tmp_path: Path, shared_data: Path) -> None:
    schema = json.loads((shared_data / SCHEMA).read_text(encoding="utf-8"))
    files = sorted((shared_data / "qsf").glob("*.qsf"))
    assert files
    for file in files:
        instrument, _ = read_instrument(file)
        for into, name in (("xlsform", "a.xlsx"), ("surveyjs", "a.json"), ("lss", "a.lss")):
            told = write_instrument(instrument, tmp_path / name, into)
            back, _ = read_instrument(tmp_path / name)
            named = {(entry.question, entry.what) for entry in told}
            found = {(item, field) for item, field, _ in differences(instrument, back)}
            assert found <= named, (file.name, into)
        convert(str(tmp_path / "a.xlsx"))
        jsonschema.validate(json.loads((tmp_path / "a.json").read_text(encoding="utf-8")), schema)


ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "age": st.builds(Answer, number=st.integers(-3, 60).map(float)),
        "q1": st.builds(Answer, codes=st.sampled_from([("1",), ("a",)])),
        "pets": st.builds(Answer, codes=st.sampled_from([("1",), ("a", "1"), ()])),
        "Q2": st.builds(Answer, text=st.sampled_from(["", "a", "it's"])),
    },
)
KINDS = {"age": Kind.NUMERIC, "q1": Kind.SINGLE, "pets": Kind.MULTI, "Q2": Kind.SHORT_TEXT}


def same(name: str) -> str:
    return name.replace(".3", "")


def boxes(name: str) -> Expression:
    item, _, code = name.removesuffix(".NAOK").partition("|")
    return Selected(item=item, code=code) if code else Reference(item=item)


@pytest.mark.parametrize("into", ["xlsform", "surveyjs", "lss"])
@given(tree=EXPRESSIONS, answers=ANSWERS)
def test_logic_that_a_format_can_say_holds_for_the_same_answers(
    into: str, tree: Expression, answers: dict[str, Answer]
) -> None:
    tree = parse_condition(condition_text(tree).replace("Q2.3", "Q2"))
    try:
        if into == "xlsform":
            back = compile_xpath(XPath(same).text(tree), same)
        elif into == "surveyjs":
            back = compile_surveyjs(SurveyJs(same, KINDS).text(tree), Names(same, KINDS))
        else:
            back = compile_em(Manager(same, KINDS).text(tree), boxes)
    except Untranslatable:
        return
    assert truth(back.value(answers)) == truth(tree.value(answers))
