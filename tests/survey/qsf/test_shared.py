"""Real surveys: both sides are counted, and compiled logic gives the truth that the file gives."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulacra.domain.answer import Answer, Response
from simulacra.domain.flow import Branch, SetField, steps_of
from simulacra.domain.survey import Instrument, Item, Kind
from simulacra.survey.checking import check_instrument
from simulacra.survey.condition import parse_condition
from simulacra.survey.expression import items_of
from simulacra.survey.formats import read_instrument, write_instrument
from simulacra.survey.formats.qsf.document import load
from simulacra.survey.formats.qsf.targets import Reading
from simulacra.survey.orders import Draw
from simulacra.survey.piping import fill, pipes_of
from simulacra.survey.unroll import unrolled
from simulacra.survey.walk import Walk
from tests.support.qsf import Count, Json, Raw, Truth, counts, mapping


@pytest.fixture(scope="module")
def files(shared_data: Path) -> list[Path]:
    found = sorted((shared_data / "qsf").glob("*.qsf"))
    if not found:
        pytest.skip("shared data without surveys: no qsf folder")
    return found


def test_nothing_is_lost(files: list[Path]) -> None:
    for path in files:
        instrument, report = read_instrument(path)
        lost = {name: one for name, one in counts(path, instrument, report).items() if one.lost}
        assert not lost, path.name
        assert instrument.questions == len(Raw(path).questions), path.name
        # What the authors themselves put in an odd order is theirs; names must all be known.
        strange = [one for one in check_instrument(instrument) if "there is no such" in one.why]
        assert not strange, path.name


def test_logic_compiles(files: list[Path]) -> None:
    total = Count(0, 0, 0)
    for path in files:
        found = counts(path, *read_instrument(path))
        for name in ("display logic", "choice logic", "branches", "randomisers"):
            total += found[name]
    assert total.total > 100
    assert total.mapped >= 0.95 * total.total


def test_what_is_read_can_be_written_and_read_again(files: list[Path], tmp_path: Path) -> None:
    for path in files:
        instrument, _ = read_instrument(path)
        copy = tmp_path / f"{path.stem}.json"
        write_instrument(instrument, copy)
        assert read_instrument(copy)[0] == instrument


def pairs(raw: Raw, instrument: Instrument) -> list[tuple[Json, str]]:
    """Trees of the file with the conditions that were made of them."""
    found = []
    for qid, payload in raw.questions.items():
        item = next((item for item in instrument.items if item.source == qid), None)
        if item and item.condition and payload.get("DisplayLogic"):
            found.append((payload["DisplayLogic"], item.condition))
    conditions = [s.condition for s in steps_of(instrument.flow) if isinstance(s, Branch)]
    trees = [node.get("BranchLogic") or {} for node in raw.of("Branch")]
    return [*found, *zip(trees, conditions, strict=True)]


def named(trees: Any, key: str) -> list[Json]:
    """Every condition inside trees whose key is there."""
    inside = trees.values() if isinstance(trees, dict) else trees
    deeper = [one for part in inside if isinstance(part, dict | list) for one in named(part, key)]
    return [trees, *deeper] if isinstance(trees, dict) and key in trees else deeper


def test_compiled_logic_gives_the_truth_of_the_file(files: list[Path]) -> None:
    checked = differing = 0
    for path in files:
        raw, (instrument, _) = Raw(path), read_instrument(path)
        targets, rng = Reading(load(path)).targets, random.Random(path.stem)
        found = pairs(raw, instrument)
        leaves = named([tree for tree, _ in found], "LogicType")
        fields: dict[str, list[str]] = {}
        for leaf in leaves:
            if leaf["LogicType"] == "EmbeddedField":
                values = fields.setdefault(leaf["LeftOperand"], ["", "other"])
                values.append(str(leaf.get("RightOperand", "")))
        ids = {item.name: item.id for item in instrument.items if item.kind == "field"}
        outcomes: dict[str, set[bool]] = {}
        for _ in range(60):
            values = {name: rng.choice(some) for name, some in fields.items()}
            responses = {ids[name]: Answer(text=value) for name, value in values.items() if value}
            picks: dict[str, set[str]] = {}
            for qid in {leaf.get("QuestionID") for leaf in leaves} & set(targets):
                target = targets[qid]
                choices = list(mapping(raw.questions[qid].get("Choices")))
                if target.rows or not target.codes or rng.random() < 0.2:
                    continue
                picks[qid] = {rng.choice(choices)}
                responses[target.id] = Answer(codes=tuple(target.codes[one] for one in picks[qid]))
            truth = Truth(picks, values)
            for tree, condition in found:
                expected = truth.holds(tree)
                if expected is None:
                    continue
                value = bool(parse_condition(condition).value(responses))
                checked, differing = checked + 1, differing + (value != expected)
                outcomes.setdefault(condition, set()).add(value)
        both = sum(len(values) == 2 for values in outcomes.values())
        assert both >= 0.8 * len(outcomes), path.name
    assert checked > 3000
    assert differing == 0


def texts_of(item: Item) -> Iterator[str]:
    yield from (item.text, item.help, item.low, item.high)
    yield from (option.label for option in item.options)


def conditions_of(item: Item) -> Iterator[str]:
    yield from filter(None, (item.condition, item.constraint))
    yield from (option.condition for option in item.options if option.condition)
    yield from (skip.condition for skip in item.skips)


def test_logic_and_pipes_speak_of_items_that_are_there(files: list[Path]) -> None:
    for path in files:
        instrument = unrolled(read_instrument(path)[0])
        ids = {item.id for item in instrument.items} | {"random"}
        for item in instrument.items:
            for text in texts_of(item):
                assert {pipe.name for pipe in pipes_of(text)} <= ids, (path.name, item.id)
            for condition in conditions_of(item):
                assert set(items_of(parse_condition(condition))) <= ids, (path.name, item.id)
        for step in steps_of(instrument.flow):
            if isinstance(step, Branch):
                assert set(items_of(parse_condition(step.condition))) <= ids, path.name
            if isinstance(step, SetField):
                assert step.field in ids, path.name


def reply_to(item: Item, rng: random.Random) -> Answer:
    """Any answer at all of the right kind."""
    if item.options:
        return Answer(codes=(rng.choice(item.options).code,))
    if item.kind.numeric:
        return Answer(number=float(rng.randrange(10)))
    return Answer(text=rng.choice(["yes", "no", "maybe"]))


def test_respondents_walk_through_real_surveys(files: list[Path]) -> None:
    for path in files:
        instrument, rng = unrolled(read_instrument(path)[0]), random.Random(path.stem)
        by_id = {item.id: item for item in instrument.items}
        seen: set[str] = set()
        for place in range(40):
            responses: dict[str, Response] = {}
            for item, asked in Walk(instrument, responses, Draw(1, place, place)):
                assert "${" not in fill(item.text, by_id, responses)
                if asked and item.kind != Kind.INFO:
                    responses[item.id] = reply_to(item, rng)
                seen |= {item.id} if asked else set()
        there = {item.id for item in instrument.items if item.kind != Kind.FIELD}
        assert len(seen) >= 0.85 * len(there), path.name
