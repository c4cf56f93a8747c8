"""Experiments as files: what ships, what a newcomer writes, and what is wrong in a file."""

from pathlib import Path

import pytest

from evaluation.experiments.experiment import Conformity
from evaluation.experiments.files import find, read, shipped
from evaluation.experiments.stimuli import built
from simulacra.domain.survey import Kind
from simulacra.errors import InputError, UnknownName

MINE = """
name: tea
title: Tea and mood
question: Does a cup of tea lift the mood?
conditions:
  - {name: tea, texts: {before: "You have just had a cup of {brand}. "}}
  - {name: nothing, texts: {before: ""}}
item:
  kind: rating
  text: "{before}{statement}"
  options: {1: "no", 2: perhaps, 3: "yes"}
stimuli:
  - {id: a, brand: black tea, statement: The day looks good.}
  - {id: b, brand: green tea, statement: People are kind.}
analysis: {kind: mean_difference, first: tea, second: nothing}
human:
  - {estimate: d, value: 0.2, low: 0.1, high: 0.3, n: 80, who: A study, source: Made up for a test.}
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_of_ones_own_is_an_experiment(tmp_path: Path) -> None:
    experiment = find(str(write(tmp_path, MINE)))
    made = built(experiment)
    assert [one.id for one in made.measured] == ["a", "b"]
    assert made.measured[0].text == "${before_a}The day looks good."
    assert [one.label for one in made.measured[0].options] == ["no", "perhaps", "yes"]
    assert [one.fields for one in made.design.conditions] == [
        {"before_a": "You have just had a cup of black tea. ",
         "before_b": "You have just had a cup of green tea. "},
        {"before_a": "", "before_b": ""},
    ]  # fmt: skip
    fields = [one.id for one in made.instrument.items if one.kind is Kind.FIELD]
    assert fields == ["before_a", "before_b"]
    assert not made.design.within


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("first: tea", "first: coffee", "names the condition coffee, which is not there"),
        ("mean_difference", "within_shift", "within: true"),
        ("mean_difference", "magic", "analysis: "),
        ("{before}{statement}", "{before}{word}", "stimulus a has no text word (it has: "),
        ('texts: {before: ""}', "texts: {}", "the condition nothing has no text before"),
        ("kind: rating", "kind: info", "the item of stimulus a"),
        ("low: 0.1, ", "", "an interval has two ends"),
        ("low: 0.1", "low: 0.9", "low is above high"),
        ("id: b", "id: a", "the stimulus a is there twice"),
        ("{name: nothing", "{name: tea", "the condition tea is there twice"),
        ("mean_difference,", "proportion_difference, code: 9,", "counts the code 9, which is no"),
        ("title: Tea and mood", "colour: red", "title: "),
        ("question: Does", "question: [Does", "line "),
        ("stimuli:", "stimuli: []\nrest:", "stimuli: "),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    assert old in MINE
    path = write(tmp_path, MINE.replace(old, new))
    with pytest.raises(InputError) as caught:
        read(path)
    assert told in str(caught.value) and "mine.yaml" in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_names_and_paths_that_are_not_there() -> None:
    with pytest.raises(UnknownName, match="did you mean framing"):
        find("framin")
    with pytest.raises(InputError, match="no such file"):
        find("nowhere.yaml")


@pytest.mark.parametrize("name", list(shipped()))
def test_what_ships_is_whole(name: str) -> None:
    experiment = find(name)
    assert experiment.name == name and experiment.limits
    made = built(experiment)
    assert len(made.measured) >= 4
    names = {item.id for item in made.instrument.items}
    for condition in made.design.conditions:
        assert set(condition.fields) <= names
    for human in experiment.human:
        assert human.source and (human.n or human.note)


def test_the_comparisons_are_those_of_the_classic_experiment() -> None:
    experiment = find("conformity")
    assert isinstance(experiment.analysis, Conformity)
    trials = [one.texts for one in experiment.stimuli]
    errors = []
    for one in trials:
        lengths = {"1": one["one"], "2": one["two"], "3": one["three"]}
        assert lengths[one["correct"]] == one["standard"]
        error = abs(float(lengths[one["group"]]) - float(one["standard"]))
        size = "none" if not error else "small" if error <= 1 else "moderate"
        assert one["size"] == ("extreme" if error >= 1.5 else size)
        errors.append(error)
    assert errors[:9] == errors[9:] == [0, 0, 0.75, 1.0, 0, 1.25, 1.25, 1.5, 1.75]
    assert [one["place"] for one in trials] == [str(at) for at in range(1, 19)]


def test_frames_tell_of_the_same_outcomes() -> None:
    for one in find("framing").stimuli:
        gain, loss = one.by_condition["gain"], one.by_condition["loss"]
        total, kept = _number(one.texts["story"], last=True), _number(gain["sure"])
        if one.id == "savings":
            total = 9000
        assert kept + _number(loss["sure"]) == total
        parts = {"one in two": 2, "one in three": 3, "one in four": 4, "two in five": 2.5}
        chance = next(of for words, of in parts.items() if f"chance of {words}" in gain["risky"])
        assert kept * chance == total  # no option is better than the other
        assert gain["risky"].split(".")[0] == loss["risky"].split(".")[0]


def _number(text: str, *, last: bool = False) -> int:
    found = [int(word.replace(",", "")) for word in text.split() if word[0].isdigit()]
    return found[-1 if last else 0]
