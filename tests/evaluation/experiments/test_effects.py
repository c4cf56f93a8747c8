"""Planted effects are recovered, what is not planted is not, and swapped conditions show."""

import math

import numpy as np
import pytest

from evaluation.experiments.experiment import Experiment, WithinShift
from evaluation.experiments.files import find
from evaluation.experiments.observations import (
    Observation,
    Scores,
    missing_in,
    observed,
    scores,
)
from evaluation.experiments.resampling import (
    Two,
    means,
    medians,
    share_of_people,
    spread_of,
    wilson,
)
from evaluation.experiments.result import Analysed
from evaluation.sections import Estimate
from simulacra.domain.answer import Answer, Missing, MissingCode
from simulacra.domain.run import Interview, PersonaRef
from tests.support.experiments import behaviour, found, planted, planted_conformity, value
from tests.support.studies import cell


def covers(analysis: Analysed, name: str, truth: float) -> bool:
    return value(analysis, name).estimate.covers(truth)


async def test_a_planted_rate_of_conformity_is_recovered_and_the_control_is_at_zero() -> None:
    analysis = await found("conformity", planted("conformity", 0.37, seed=2), people=30, seed=2)
    assert covers(analysis, "yield_rate", 0.37) and covers(analysis, "net", 0.37)
    alone = value(analysis, "control_errors").estimate
    assert alone.value == 0 and alone.ends == (0, pytest.approx(0.114, abs=0.001))
    assert analysis.unreadable == ""
    assert analysis.estimates[0].name == "control_errors"
    assert "Alone, 0%" in analysis.findings[0]
    assert len(analysis.items) == 12
    assert {one.group for one in analysis.items} == {"small", "moderate", "extreme"}
    kinds = [value(analysis, name).estimate.value or 0 for name in ("never", "sometimes", "always")]
    assert math.fsum(kinds) == pytest.approx(1)


async def test_nobody_yields_where_nothing_is_planted() -> None:
    analysis = await found("conformity", planted("conformity", 0.0), people=8)
    assert value(analysis, "yield_rate").estimate.value == 0
    assert value(analysis, "never").estimate.value == 1


async def test_people_who_cannot_see_the_lengths_do_not_conform() -> None:
    experiment = find("conformity")
    blind = [one.id for one in experiment.stimuli]
    how = planted_conformity(experiment, 0.37, blind=blind)
    analysis = await found(experiment, how, people=8)
    assert "conformity cannot be read" in analysis.unreadable
    assert len(analysis.findings) == 1 and analysis.findings[0].startswith("Alone, 6")
    assert value(analysis, "yield_rate").estimate.value  # it looks like yielding


async def test_conditions_that_are_swapped_are_not_taken_for_conformity() -> None:
    plain = find("conformity")
    analysis = plain.analysis.model_copy(update={"first": "control", "second": "pressure"})
    swapped = plain.model_copy(update={"analysis": analysis})
    result = await found(swapped, planted("conformity", 0.37, seed=2), people=20)
    assert not covers(result, "yield_rate", 0.37)
    assert (value(result, "net").estimate.value or 0) < -0.25
    assert "conformity cannot be read" in result.unreadable


@pytest.mark.parametrize("within", [True, False])
async def test_a_planted_anchor_and_a_planted_frame_are_recovered(within: bool) -> None:
    choices = {"people": 60, "seed": 5}
    anchoring = find("anchoring").model_copy(update={"within": within})
    analysis = await found(anchoring, planted("anchoring", 1.5, seed=5), **choices)
    # Two normal variables 1.2 standard deviations apart, ranked together: by integration.
    assert covers(analysis, "d", 1.227)
    assert value(analysis, "index").estimate.value == pytest.approx(0.395, abs=0.06)
    framing = find("framing").model_copy(update={"within": within})
    analysis = await found(framing, planted("framing", 0.5, seed=5), **choices)
    assert covers(analysis, "difference", 0.25) and covers(analysis, "first", 0.75)
    assert value(analysis, "ratio").estimate.covers(1.5)


async def test_an_effect_of_swapped_conditions_has_the_other_sign() -> None:
    plain = find("framing")
    analysis = plain.analysis.model_copy(update={"first": "gain", "second": "loss"})
    swapped = plain.model_copy(update={"analysis": analysis})
    result = await found(swapped, planted("framing", 0.5), people=40)
    assert covers(result, "difference", -0.25) and not covers(result, "difference", 0.25)


async def test_without_an_effect_nothing_lies_between_conditions() -> None:
    for name in ("anchoring", "framing"):
        experiment = find(name).model_copy(update={"within": False})
        analysis = await found(experiment, behaviour(), people=40, seed=3)
        assert analysis.estimates[0].estimate.covers(0)


async def test_replicates_are_not_people() -> None:
    how = planted("conformity", 0.37)
    once = await found("conformity", how, people=6, replicates=1)
    often = await found("conformity", how, people=6, replicates=3)
    few, many = (value(one, "yield_rate").estimate for one in (once, often))
    assert few.n == many.n == 6
    told = [_flag(person, 1, person % 2) for person in range(10)]
    again = [
        _flag(person, replicate, person % 2) for person in range(10) for replicate in range(1, 9)
    ]
    assert _interval(told) == _interval(again)  # the same answer eight times tells nothing new
    wrong = [
        one.model_copy(update={"person": f"{one.person}.{one.replicate}"}) for one in again
    ]  # replicates taken for people
    narrow, wide = (_interval(some) for some in (wrong, again))
    assert narrow[1] - narrow[0] < 0.5 * (wide[1] - wide[0])


def _flag(person: int, replicate: int, flag: int) -> Observation:
    told = Answer(codes=(str(flag),))
    return Observation(person=f"p{person}", replicate=replicate, item="q", response=told)


def _interval(told: list[Observation]) -> tuple[float, float]:
    table = scores(told, "", ["q"], lambda one: float(one.code or 0))
    ends = share_of_people(table.points[:, 0], seed=1).ends
    assert ends is not None
    return ends


async def test_replicates_do_not_make_answers_look_closer_together() -> None:
    how = planted("anchoring", 1.5)
    once, often = [
        value(await found("anchoring", how, people=20, replicates=many), "d").estimate.value
        for many in (1, 4)
    ]
    assert once and often == pytest.approx(once, abs=0.15)


async def test_a_shift_within_people_is_that_of_each_person() -> None:
    plain = find("anchoring")
    shift = plain.model_copy(update={"analysis": WithinShift(first="high", second="low")})
    analysis = await found(shift, planted("anchoring", 1.5), people=20)
    ranges = [float(one.texts["most"]) - float(one.texts["least"]) for one in plain.stimuli]
    expected = 0.8 * 1.5 * float(np.mean(ranges)) / 6
    assert value(analysis, "shift").estimate.value == pytest.approx(expected, rel=0.03)
    nothing = await found(shift, behaviour(), people=20)
    assert value(nothing, "shift").estimate.value == 0
    assert value(nothing, "d").estimate.why.startswith("all people move alike")


def test_the_person_is_drawn_and_not_their_conditions() -> None:
    rng = np.random.default_rng(1)
    level = rng.normal(size=(40, 1))
    people = tuple(f"p{at:02}" for at in range(40))
    first, second = Scores(people, level + 1), Scores(people, level)

    def difference(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return (means(a, two.first) - means(b, two.second))[:, 0]

    two = Two.of(first, second, paired=True, seed=1)
    assert two.estimate(difference).ends == (pytest.approx(1), pytest.approx(1))
    two = Two.of(first, second, paired=False, seed=1)
    ends = two.estimate(difference).ends
    assert ends is not None and ends[1] - ends[0] > 0.5


def test_weighted_medians_are_those_of_people_drawn_again_and_again() -> None:
    rng = np.random.default_rng(2)
    points = rng.normal(size=(9, 3))
    points[2, 1] = np.nan
    weights = rng.integers(0, 4, size=(20, 9)).astype(float)
    for row, found_ in zip(weights, medians(weights, points), strict=True):
        drawn = np.repeat(points, row.astype(int), axis=0)
        assert found_ == pytest.approx(np.nanmedian(drawn, axis=0))


def test_intervals_of_shares() -> None:
    # Newcombe (1998, Statistics in Medicine 17, 857-872, table I): 81/263, 15/148, 0/20, 1/29.
    for many, of, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605),
                                (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)):  # fmt: skip
        ends = wilson(many / of, of)
        assert (ends.low, ends.high) == pytest.approx((low, high), abs=5e-5)
    assert share_of_people(np.array([np.nan]), seed=1) == Estimate(n=0)
    assert share_of_people(np.array([1.0, 0.0]), seed=1).interval is None


def test_with_few_people_an_interval_reaches_as_far_as_students() -> None:
    rng = np.random.default_rng(3)
    inside = 0
    for _ in range(200):
        sample = rng.normal(size=8)
        drawn = rng.multinomial(8, np.full(8, 1 / 8), size=500) @ sample / 8
        ends = spread_of(drawn.astype(float), 8)
        inside += ends.low <= 0 <= ends.high
    assert inside >= 0.92 * 200  # the plain percentile interval covers about 88%


def test_the_last_attempt_counts_and_what_was_not_asked_is_not_missing() -> None:
    interview = Interview(
        id="i", persona=PersonaRef(id="p", version=1), condition="c", seed=1, position=0
    )
    failed = cell(interview, 0, response=Missing(code=MissingCode.TECHNICAL))
    records = [
        (interview, failed),
        (interview, cell(interview, 0, attempt=2, response=Answer(codes=("1",)))),
        (interview, cell(interview, 1, response=Missing(code=MissingCode.NOT_ASKED))),
        (interview, cell(interview, 2, response=Missing(code=MissingCode.REFUSED))),
    ]
    told = observed(records, ["q1", "q2", "q3"])
    assert [one.code for one in told] == ["1", None, None]
    assert told[0].order == ("2", "1") and missing_in(told) == {"c": 1}
    assert observed(records, ["q4"]) == ()


async def test_the_whole_is_the_same_for_the_same_seed() -> None:
    experiment: Experiment = find("framing")
    how = planted("framing", 0.3)
    assert await found(experiment, how, people=12) == await found(experiment, how, people=12)
