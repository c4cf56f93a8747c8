"""The DDI codebook follows the rules of DDI-Codebook 2.5 and tells what the data are."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulacra.domain.survey import Instrument, Item, Kind
from simulacra.export import export_run
from tests.support.ddi_rules import NAMESPACE, RULES, complaints
from tests.support.exports import INSTRUMENT, Run, options, small_run


def written(run: Run, folder: Path) -> str:
    export_run(run, folder, ["ddi"])
    return (folder / "trial_ddi.xml").read_text(encoding="utf-8")


def variable(text: str, name: str) -> ET.Element:
    found = ET.fromstring(text).find(f".//{NAMESPACE}var[@name='{name}']")
    assert found is not None
    return found


def test_it_keeps_all_rules(run: Run, tmp_path: Path) -> None:
    assert complaints(written(run, tmp_path)) == []
    assert complaints(written(replace(run, cells=[]), tmp_path)) == []


def test_a_variable_tells_question_values_missing_codes_and_counts(
    run: Run, tmp_path: Path
) -> None:
    text = written(run, tmp_path)
    colour = variable(text, "colour")
    assert colour.findtext(f"{NAMESPACE}qstn/{NAMESPACE}qstnLit") == "Colour?"
    told = {
        one.findtext(f"{NAMESPACE}catValu"): (
            one.findtext(f"{NAMESPACE}labl"),
            one.get("missing"),
            one.findtext(f"{NAMESPACE}catStat"),
        )
        for one in colour.iter(f"{NAMESPACE}catgry")
    }
    assert told["blue"] == ("Blue", "N", "1")
    assert told["red"] == ("Red", "N", "0")
    assert told["-97"] == ("Refused", "Y", "1")
    assert told["-94"] == ("Technical failure", "Y", "0")
    sums = {one.get("type"): one.text for one in variable(text, "age").iter(f"{NAMESPACE}sumStat")}
    assert sums == {"vald": "1", "invd": "1", "min": "-5", "max": "-5", "mean": "-5"}
    assert variable(text, "age").findtext(f"{NAMESPACE}universe") == "Asked if mood = 2"
    assert variable(text, "wt").get("wgt") == "wgt"


def test_the_study_tells_its_methods(run: Run, tmp_path: Path) -> None:
    root = ET.fromstring(written(run, tmp_path))
    assert root.findtext(f".//{NAMESPACE}titl") == "A <b>trial</b> (simulated respondents)"
    assert "An emotion agent" in (root.findtext(f".//{NAMESPACE}collMode") or "")
    assert INSTRUMENT.hash() in (root.findtext(f".//{NAMESPACE}resInstru") or "")
    assert "no measurement of people" in (root.findtext(f".//{NAMESPACE}dataAppr") or "")


def test_variables_of_one_question_are_a_group(run: Run, tmp_path: Path) -> None:
    rows = [
        Item(id=f"m_{row}", kind=Kind.NUMERIC, text=f"Hours?\n{row}", group="m", stem="Hours?")
        for row in ("am", "pm")
    ]
    instrument = Instrument(id="x", language="zh_Hans", items=(INSTRUMENT.items[2], *rows))
    spec = run.spec.model_copy(update={"instrument": instrument})
    text = written(replace(run, spec=spec, cells=[]), tmp_path)
    assert complaints(text) == []
    root = ET.fromstring(text)
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "zh-Hans"
    told = [
        (one.get("type"), one.get("var"), one.findtext(f"{NAMESPACE}labl"))
        for one in root.iter(f"{NAMESPACE}varGrp")
    ]
    assert told == [("multipleResp", "V8 V9", "Pets?"), ("grid", "V10 V11", "Hours?")]


@given(text=st.text(min_size=1), language=st.text(max_size=12))
@settings(max_examples=25, deadline=None)
def test_any_text_makes_a_sound_codebook(text: str, language: str) -> None:
    asked = Item(id="q", kind=Kind.SINGLE, text=text, options=options("a=A", f"b={text}"))
    instrument = Instrument(id="x", title=text, language=language, items=(asked,))
    run = small_run()
    spec = run.spec.model_copy(update={"instrument": instrument})
    with TemporaryDirectory() as folder:
        assert complaints(written(replace(run, spec=spec, cells=[]), Path(folder))) == []


def test_characters_that_xml_must_not_have_do_no_harm(run: Run, tmp_path: Path) -> None:
    asked = Item(id="q", kind=Kind.SHORT_TEXT, text="Bell \x07, &amp; ]]> \ufffe?", help="\x00")
    spec = run.spec.model_copy(update={"instrument": Instrument(id="x", items=(asked,))})
    text = written(replace(run, spec=spec, cells=[]), tmp_path)
    assert complaints(text) == []
    question = variable(text, "q").findtext(f"{NAMESPACE}qstn/{NAMESPACE}qstnLit")
    assert question == "Bell \ufffd, &amp; ]]> \ufffd?"


WRONG = {
    "namespace": ("<fileDscr", '<fileDscr xmlns="other"'),
    "order": ("<catValu>blue</catValu>", "<txt>first</txt><catValu>blue</catValu>"),
    "required": ("A &lt;b&gt;trial&lt;/b&gt; (simulated respondents)</titl>", "</titl>"),
    "values": ('nature="ordinal"', 'nature="likert"'),
    "ids": ('ID="V9"', 'ID="V8"'),
    "names": ('name="why"', 'name="age"'),
    "counts": ('<sumStat type="vald">2</sumStat>', '<sumStat type="vald">1</sumStat>'),
    "size": ("<varQnty>14</varQnty>", "<varQnty>15</varQnty>"),
    "simulated": ("<notes>Simulated data", "<notes>Data"),
}


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_finds_what_breaks_it(rule: str, run: Run, tmp_path: Path) -> None:
    text = written(run, tmp_path)
    before, after = WRONG[rule]
    assert before in text
    assert any(one.startswith(f"{rule}:") for one in complaints(text.replace(before, after, 1)))
