"""Fields whose texts fill in answers go out as what works their values out."""

from pathlib import Path

import pytest

from simulacra.domain.answer import Answer, Response
from simulacra.domain.flow import Block, SetField, Show
from simulacra.domain.survey import Instrument, Item, Kind, Option
from simulacra.survey.formats import read_instrument, write_instrument
from simulacra.survey.formats.templates import value_of
from simulacra.survey.formats.trees import Untranslatable
from simulacra.survey.orders import Draw
from simulacra.survey.unroll import unrolled
from simulacra.survey.walk import Walk

ITEMS = (
    Item(id="n", kind=Kind.NUMERIC, text="N?"),
    Item(id="s", kind=Kind.SINGLE, text="S?", options=(Option(code="1", label="One"),)),
    Item(id="f", kind=Kind.FIELD),
)
BY_ID = {item.id: item for item in ITEMS}


def field_of(instrument: Instrument) -> str | None:
    responses: dict[str, Response] = {}
    for item, _ in Walk(unrolled(instrument), responses, Draw(1, 0, 0)):
        if item.kind == Kind.NUMERIC:
            responses[item.id] = Answer(number=7.0)
        elif item.kind == Kind.SINGLE:
            responses[item.id] = Answer(codes=("1",))
    found = responses["f"]
    assert isinstance(found, Answer)
    return found.text


@pytest.mark.parametrize(
    ("into", "ending"), [("xlsform", "xlsx"), ("lss", "lss"), ("surveyjs", "json")]
)
@pytest.mark.parametrize("text", ["it's ${n}!", "${n}", "plain", "", "${n} and ${s|code}", "7"])
def test_a_field_has_the_same_value(tmp_path: Path, into: str, ending: str, text: str) -> None:
    if into == "surveyjs" and "|code" in text:
        pytest.skip("SurveyJS shows labels in its texts")
    flow = (Show(block="b"), SetField(field="f", text=text))
    block = Block(id="b", pages=(("n", "s"),))
    instrument = Instrument(id="x", items=ITEMS, blocks=(block,), flow=flow)
    path = tmp_path / f"a.{ending}"
    write_instrument(instrument, path, into)
    assert field_of(read_instrument(path)[0]) == field_of(instrument)


@pytest.mark.parametrize("text", ["${s}", "${n|text}", "${gone}", "${random|1|2}"])
def test_what_is_no_plain_answer_is_not_worked_out(text: str) -> None:
    with pytest.raises(Untranslatable):
        value_of(text, BY_ID)
