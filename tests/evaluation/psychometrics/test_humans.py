"""People are found by id or wording, with their own answer scale; nothing of them is invented."""

import json
from pathlib import Path

import numpy as np
import pytest

from evaluation.psychometrics.humans import NO_CODE, Humans, beside_run
from evaluation.psychometrics.runs import measures_of
from simulacra.errors import InputError
from tests.support.answers import rated, sample, scored


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five people: three items of ours (one by its wording), and a scale of theirs."""
    (tmp_path / "respondents.csv").write_text(
        "age,q0,q1,x7,h1,h2,h3\n30,1,6,2,1,1,1\n31,2,5,3,2,3,6\n32,3,,4,3,2,4\n"
        "33,4,3,99,4,4,2\n34,5,2,6,5,5,3\n",
        encoding="utf-8",
    )
    (tmp_path / "items.csv").write_text(
        'item_id,item\nage,age in years\nx7,"STATEMENT 2"\nh1,Other.\n', encoding="utf-8"
    )
    keys = {"Twofold": ["h1", "h2", "-h3"], "Twofoldness": ["h1"]}
    (tmp_path / "keys.json").write_text(json.dumps(keys), encoding="utf-8")
    return tmp_path


def test_items_by_id_and_by_wording_keyed_as_in_the_run(folder: Path) -> None:
    run = sample(rated(9, 4), items=scored(4, reverse=(1,)))
    found = beside_run(run, Humans.read(folder))
    assert found.basis == {"one": "same items"} and found.shared == (0, 1, 2)
    assert [one.id for one in found.sample.items] == ["q0", "q1", "q2"]
    assert [one.reverse for one in found.sample.items] == [False, True, False]
    assert found.sample.answers.shape == (1, 5, 3) and found.same == (0, 1, 2)


def test_values_that_are_no_answer_are_missing_and_counted(folder: Path) -> None:
    described = {
        id_: {"question": f"Statement {at}.", "values": {str(code): "" for code in range(1, 7)}}
        for at, id_ in enumerate(("q0", "q1", "x7"))
    }
    (folder / "items.json").write_text(json.dumps(described), encoding="utf-8")
    run = sample(rated(9, 3), items=scored(3))
    found = beside_run(run, Humans.read(folder)).sample
    assert found.items[0].codes == (1, 2, 3, 4, 5, 6)
    assert np.isnan(found.answers[0, 3, 2]), "99 is no code"
    assert found.missing == {NO_CODE: 2}


def test_a_scale_of_the_same_name_stands_in(folder: Path) -> None:
    run = sample(rated(9, 3), items=scored(3, scale="twofold", first=50))
    found = beside_run(run, Humans.read(folder))
    assert found.basis == {"twofold": "a scale of that name"}
    assert found.shared == () and [one.reverse for one in found.sample.items] == [
        False, False, True,
    ]  # fmt: skip
    assert measures_of(found.sample, seed=1).scales[0].items == 3


def test_a_name_that_fits_two_scales_fits_none(folder: Path) -> None:
    run = sample(rated(9, 3), items=scored(3, scale="twof", first=50))
    with pytest.raises(InputError, match="no item of this run"):
        beside_run(run, Humans.read(folder))


def test_waves_are_occasions(tmp_path: Path) -> None:
    file = tmp_path / "panel.csv"
    file.write_text(
        "id,q0_w1,q0_w2,q1_w1,q1_w2\n" + "".join(f"{n},{n},{n},{n},{6 - n}\n" for n in range(1, 6)),
        encoding="utf-8",
    )
    run = sample(rated(9, 2), items=scored(2))
    found = measures_of(beside_run(run, Humans.read(file)).sample, seed=1)
    assert found.occasions == 2
    assert [one.retest.value for one in found.items] == pytest.approx([1, -1])


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("respondents.csv", None, "no such file"),
        ("respondents.csv", "", "no CSV"),
        ("keys.json", "{", "no JSON"),
        ("keys.json", "[]", "no object"),
        ("items.json", '{"q0": 3}', "no description"),
        ("items.csv", "a,b\n1,2\n", "item_id"),
    ],
)
def test_what_cannot_be_read_is_refused(
    folder: Path, name: str, text: str | None, why: str
) -> None:
    if text is None:
        (folder / name).unlink()
    else:
        (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=why):
        Humans.read(folder)


def test_the_panel_of_the_general_social_survey(shared_data: Path) -> None:
    people = Humans.read(shared_data / "gss-panel")
    items = tuple(
        one._replace(id=id_, codes=(1.0, 2.0, 3.0))
        for one, id_ in zip(scored(3), ("conarmy", "conbus", "conclerg"), strict=True)
    )
    found = beside_run(sample(np.ones((3, 3)), items=items), people)
    measured = measures_of(found.sample, seed=1)
    assert (len(found.sample.people), measured.occasions) == (507, 2)
    assert measured.people < 507 and measured.missing[NO_CODE] > 0, "two ballots of three asked it"
    retests = [one.retest.value for one in measured.items]
    assert all(one is not None and 0.2 < one < 0.9 for one in retests)
