"""Answers to one item by group: weighted shares with their intervals, means, and what they rest on.

Intervals of shares are Wilson's (1927, Journal of the American Statistical Association 22,
209-212), those of means Student's t; with weights both use the effective number of respondents
(Kish, 1965, Survey Sampling): the squared sum of weights over the sum of squared weights. A
person's replicates are no new people: each weighs as its share of the person.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from scipy.stats import norm, t

from evaluation.answers import amount
from simulacra.domain.answer import Answer, Missing, MissingCode, Response
from simulacra.domain.run import PersonaRef
from simulacra.domain.survey import Item, Option
from simulacra.storage.results import Given, Respondent

EVERYBODY = "everybody"
AGES = ((0, 17), (18, 29), (30, 44), (45, 59), (60, 74), (75, 130))


class Share(NamedTuple):
    """How many of a group chose an option: weighted ``share`` (0 to 1) with its 95% interval."""

    group: str
    label: str
    share: float
    low: float
    high: float
    answers: int


class Base(NamedTuple):
    """What a group's numbers rest on: people, answers, and missing ones by reason."""

    group: str
    people: int
    answers: int
    missing: dict[str, int]
    mean: float | None
    low: float | None
    high: float | None


class Answered(NamedTuple):
    """One respondent's answer with the group and the weight that it counts under."""

    group: str
    person: Hashable
    weight: float
    given: Given


def grouped(
    given: Iterable[Given],
    people: Mapping[PersonaRef, Respondent],
    by: str,
    *,
    weighted: bool,
) -> list[Answered]:
    """Answers under their groups; ``by`` is "", condition, gender, age or replicate."""
    group_of = GROUPS[by]
    answers = list(given)
    times: dict[tuple[str, PersonaRef], int] = defaultdict(int)
    for one in answers:
        times[group_of(one, people[one.persona]), one.persona] += 1
    return [
        Answered(
            group := group_of(one, people[one.persona]),
            one.persona,
            (people[one.persona].weight if weighted else 1.0) / times[group, one.persona],
            one,
        )
        for one in answers
    ]


def shares(answers: Sequence[Answered], options: Sequence[Option]) -> list[Share]:
    """The share of each option in each group, options in their own order.

    The base are respondents with an answer; a multi-select counts each of its options.
    """
    found: list[Share] = []
    for group, some in _by_group(answers).items():
        told = [one for one in some if isinstance(one.given.response, Answer)]
        total = sum(one.weight for one in told)
        if not total:
            continue
        effective = _effective(told)
        for option in options:
            chosen = [one for one in told if option.code in _codes(one)]
            share = sum(one.weight for one in chosen) / total
            low, high = wilson(share, effective)
            found.append(Share(group, option.label, share, low, high, len(chosen)))
    return found


def bases(answers: Sequence[Answered], item: Item) -> list[Base]:
    """What each group rests on, with the mean where answers are amounts."""
    found: list[Base] = []
    for group, some in _by_group(answers).items():
        missing: dict[str, int] = defaultdict(int)
        for one in some:
            if isinstance(one.given.response, Missing):
                missing[one.given.response.code.label] += 1
        mean, low, high = _mean(some, item)
        told = len(some) - sum(missing.values())
        people = len({one.person for one in some})
        found.append(Base(group, people, told, dict(missing), mean, low, high))
    return found


def in_words(response: Response) -> str:
    """A response as short text: codes, a number, words, or why there is none."""
    if isinstance(response, Missing):
        return f"({response.code.label.lower()})"
    if response.text is not None:
        return response.text
    if response.number is not None:
        return f"{response.number:g}"
    if response.amounts:
        return ", ".join(f"{code}: {value:g}" for code, value in response.amounts.items())
    return ", ".join(response.codes)


def wilson(share: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Wilson's interval of a share of ``n`` respondents."""
    if n <= 0:
        return 0.0, 1.0
    z = float(norm.ppf((1 + level) / 2))
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    spread = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, middle - spread), min(1.0, middle + spread)


def _mean(answers: Sequence[Answered], item: Item) -> tuple[float | None, ...]:
    told = [
        (one, value) for one in answers if (value := amount(item, one.given.response)) is not None
    ]
    if not told:
        return None, None, None
    total = sum(one.weight for one, _ in told)
    mean = sum(one.weight * value for one, value in told) / total
    effective = _effective([one for one, _ in told])
    if effective <= 1:
        return mean, None, None
    spread = sum(one.weight * (value - mean) ** 2 for one, value in told) / total
    error = math.sqrt(spread / (effective - 1))
    reach = float(t.ppf(0.975, effective - 1)) * error
    return mean, mean - reach, mean + reach


def _effective(answers: Sequence[Answered]) -> float:
    """Kish's effective number of people."""
    weights: dict[Hashable, float] = defaultdict(float)
    for one in answers:
        weights[one.person] += one.weight
    squares = sum(weight * weight for weight in weights.values())
    return sum(weights.values()) ** 2 / squares if squares else 0.0


def _codes(one: Answered) -> tuple[str, ...]:
    response = one.given.response
    return response.codes if isinstance(response, Answer) else ()


def _by_group(answers: Sequence[Answered]) -> dict[str, list[Answered]]:
    found: dict[str, list[Answered]] = {}
    for one in answers:
        if not _unasked(one):
            found.setdefault(one.group, []).append(one)
    return dict(sorted(found.items()))


def _unasked(one: Answered) -> bool:
    response = one.given.response
    return isinstance(response, Missing) and response.code is MissingCode.NOT_ASKED


def _age(_: Given, who: Respondent) -> str:
    low, high = next(pair for pair in AGES if pair[0] <= who.age <= pair[1])
    return f"{low} to {high}" if high < 130 else f"{low} and over"


GROUPS: dict[str, Callable[[Given, Respondent], str]] = {
    "": lambda _, __: EVERYBODY,
    "condition": lambda given, _: given.condition or "none",
    "gender": lambda _, who: who.gender or "not said",
    "age": _age,
    "replicate": lambda given, _: f"replicate {given.replicate}",
}
"""What answers can be grouped by."""
