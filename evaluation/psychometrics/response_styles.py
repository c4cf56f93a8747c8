"""How respondents use an answer scale, whatever the items say.

After Van Vaerenbergh and Thomas (2013, Response styles in survey research, International Journal of
Public Opinion Research 25, 195-217) and, for runs of the same answer, Meade and Craig (2012,
Identifying careless responses in survey data, Psychological Methods 17, 437-455). Measures are of
answers as they were given: reverse-keyed items are not turned round, but for the inconsistency.
"""

import math
from collections import Counter
from collections.abc import Sequence
from itertools import groupby

import numpy as np

from evaluation.intervals import Points, mean_interval
from evaluation.psychometrics.result import OptionCounts, RespondentStyle, Styles
from evaluation.psychometrics.sample import Sample
from evaluation.sections import Estimate

FEWEST_ITEMS = 3
_UNBALANCED = "no scale has items keyed both ways"


def response_styles(sample: Sample, *, seed: int) -> Styles:
    """Styles of every respondent, and their means over respondents with bootstrap intervals.

    On the items that share the most common answer scale of at least three options; each is NaN
    without, and ``n`` counts respondents for whom it is defined.
    """
    codes, places = _alike(sample)
    if len(places) < FEWEST_ITEMS:
        nothing = Estimate(why="fewer than three items share an answer scale of three options")
        return Styles(
            items=len(places), options=len(codes), acquiescence=nothing, inconsistency=nothing,
            extreme=nothing, midpoint=nothing, longest=nothing, same=nothing, entropy=nothing,
        )  # fmt: skip
    some = sample.only(places)
    people = [_respondent(some, codes, row, id_) for row, id_ in enumerate(some.people)]
    people = [one for one in people if one.answers]
    balanced = any(_halves(some).values())

    def over(name: str, why: str) -> Estimate:
        values = [value for one in people if (value := getattr(one, name)) is not None]
        if not values:
            return Estimate(n=0, why=why)
        return Estimate(
            value=float(np.mean(values)), interval=mean_interval(values, seed=seed), n=len(values)
        )

    return Styles(
        items=len(places),
        options=len(codes),
        acquiescence=over("acquiescence", "" if balanced else _UNBALANCED),
        inconsistency=over("inconsistency", "" if balanced else _UNBALANCED),
        extreme=over("extreme", "nobody answered"),
        midpoint=over("midpoint", "an even number of options has no middle one"),
        longest=over("longest", "the order in which the items were asked is not known"),
        same=over("same", "nobody answered three items"),
        entropy=over("entropy", "nobody answered"),
        respondents=tuple(people),
    )


def _alike(sample: Sample) -> tuple[tuple[float, ...], list[int]]:
    """The codes that most items share, and the places of those items."""
    many = Counter(item.codes for item in sample.items if len(item.codes) >= 3)
    if not many:
        return (), []
    codes = max(many, key=lambda one: (many[one], len(one)))
    return codes, [at for at, item in enumerate(sample.items) if item.codes == codes]


def _halves(sample: Sample) -> dict[str, tuple[list[int], list[int]]]:
    """The keyed and the reverse-keyed items of each scale that has both."""
    halves = {
        scale: (
            [at for at in places if not sample.items[at].reverse],
            [at for at in places if sample.items[at].reverse],
        )
        for scale, places in sample.scales().items()
    }
    return {scale: pair for scale, pair in halves.items() if all(pair)}


def _respondent(sample: Sample, codes: tuple[float, ...], row: int, id_: str) -> RespondentStyle:
    """The style of one respondent, over all occasions."""
    answers = sample.answers[:, row]
    given = answers[~np.isnan(answers)]
    middle = codes[len(codes) // 2] if len(codes) % 2 else None
    sums, gaps = _pulls(sample, answers, codes)
    return RespondentStyle(
        id=id_,
        answers=len(given),
        acquiescence=float(np.mean(sums)) if sums else None,
        inconsistency=float(np.mean(gaps)) if gaps else None,
        extreme=float(np.isin(given, (codes[0], codes[-1])).mean()) if len(given) else None,
        midpoint=float((given == middle).mean()) if len(given) and middle is not None else None,
        longest=_longest(sample, row),
        same=_same(answers),
        entropy=_entropy(given, codes) if len(given) else None,
    )


def _pulls(
    sample: Sample, answers: Points, codes: tuple[float, ...]
) -> tuple[list[float], list[float]]:
    """Of each scale and occasion: the pull to the high end, and the gap between the halves.

    Answers as a share of the range: keyed items agreeing with reverse-keyed ones cancel out.
    """
    shares = (answers - codes[0]) / (codes[-1] - codes[0])
    sums, gaps = [], []
    for keyed, turned in _halves(sample).values():
        for occasion in shares:
            one, other = occasion[keyed], occasion[turned]
            one, other = one[~np.isnan(one)], other[~np.isnan(other)]
            if len(one) and len(other):
                sums.append(float(one.mean() + other.mean()) / 2 - 0.5)
                gaps.append(abs(float(one.mean() - (1 - other.mean()))))
    return sums, gaps


def _longest(sample: Sample, row: int) -> float | None:
    """The longest run of one answer, in the order asked, as a share; the mean over occasions."""
    if sample.sequence is None:
        return None
    found = []
    for answers, order in zip(sample.answers[:, row], sample.sequence[:, row], strict=True):
        asked = np.argsort(np.where(np.isnan(order), np.inf, order), kind="stable")
        in_order = answers[asked][: int((~np.isnan(order)).sum())]
        runs = [len(list(run)) for value, run in groupby(in_order) if not math.isnan(value)]
        given = sum(runs)
        if given >= FEWEST_ITEMS:
            found.append(max(runs) / given)
    return float(np.mean(found)) if found else None


def _same(answers: Points) -> float | None:
    """The share of occasions on which all answers were the same."""
    whole = [one[~np.isnan(one)] for one in answers]
    counted = [float(np.ptp(one) == 0) for one in whole if len(one) >= FEWEST_ITEMS]
    return float(np.mean(counted)) if counted else None


def _entropy(given: Sequence[float] | Points, codes: tuple[float, ...]) -> float:
    """Entropy (Shannon, 1948) of the answers over the codes, as a share of the largest."""
    shares = [many / len(given) for many in Counter(given).values()]
    # Never minus zero.
    return abs(math.fsum(share * math.log(share) for share in shares)) / math.log(len(codes))


def option_counts(sample: Sample) -> tuple[OptionCounts, ...]:
    """How often each code was given, by scale; scales whose items have other codes have none."""
    found: list[OptionCounts] = []
    for name, places in sample.scales().items():
        codes = sample.items[places[0]].codes
        if all(sample.items[place].codes == codes for place in places):
            given = sample.answers[:, :, places]
            counts = tuple(int((given == code).sum()) for code in codes)
            found.append(OptionCounts(scale=name, codes=codes, counts=counts))
    return tuple(found)
