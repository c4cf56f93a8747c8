"""Conformity: how often people give the wrong answer that all others gave before them.

After Asch (1956, Psychological Monographs 70(9)): comparisons with one correct option, answered
alone, and after a unanimous group that errs in the critical ones.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from evaluation.experiments.experiment import Conformity, Experiment, Stimulus
from evaluation.experiments.observations import Observation, scores
from evaluation.experiments.parts import BOOTSTRAP, in_words, named
from evaluation.experiments.resampling import Two, known_mean, means, share_of_people
from evaluation.experiments.result import Analysed, Named, OfItem
from evaluation.experiments.stimuli import Built
from evaluation.intervals import Points
from evaluation.sections import Estimate
from simulacra.errors import InputError

_OFTEN = 8 / 12
"""Of the critical comparisons, from which share on Asch speaks of eight to twelve."""
_SOURCES = (
    BOOTSTRAP,
    "Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. "
    "Journal of the American Statistical Association 22, 209-212.",
)


class _Trial(NamedTuple):
    """A comparison: its codes, and how large the error of the group is."""

    correct: str
    group: str
    size: str
    text: str

    @property
    def critical(self) -> bool:
        return self.correct != self.group


def conformity(
    experiment: Experiment,
    analysis: Conformity,
    made: Built,
    observations: Sequence[Observation],
    seed: int,
) -> Analysed:
    """Errors alone first, then yielding: in all, by comparison, by size of the error, by person.

    To yield is to give the group's option in a critical comparison. Shares are means over people
    of each person's own. Somebody yields never, sometimes, always, or often (two thirds, as eight
    of Asch's twelve) of the critical comparisons that they answered in one conversation, which
    counts where they answered at least three quarters. Replicates of a person are averaged, and
    the interval is over people.

    Raises:
        InputError: a stimulus lacks a code, or none is critical.
    """
    trials = {one.id: _trial(one, analysis) for one in experiment.stimuli}
    critical = [name for name, one in trials.items() if one.critical]
    if not critical:
        raise InputError("no stimulus is critical: in some the group's option must be a wrong one")

    def yields(one: Observation) -> float | None:
        return None if one.code is None else float(one.code == trials[one.item].group)

    def errs(one: Observation) -> float | None:
        return None if one.code is None else float(one.code != trials[one.item].correct)

    pressure, control = analysis.conditions
    yielding = scores(observations, pressure, critical, yields)
    alone = scores(observations, control, critical, yields)
    errors = scores(observations, control, list(trials), errs)
    two = Two.of(yielding, alone, paired=experiment.within, seed=seed)
    wrong = share_of_people(known_mean(errors.points), seed=seed)
    kinds = _kinds(observations, pressure, critical, yields)

    def share(values: Points) -> Estimate:
        return share_of_people(values, seed=seed)

    beyond = two.estimate(
        lambda a, b: known_mean(means(a, two.first)) - known_mean(means(b, two.second))
    )
    estimates = (
        named("control_errors", "errors alone", "share", wrong),
        named("yield_rate", "yielding", "share", share(known_mean(yielding.points))),
        named("net", "yielding beyond the same answer alone", "difference", beyond),
        *(named(name, label, "share", share(kinds[name])) for name, label in _LABELS.items()),
    )
    wordings = {one.id: one.text for one in made.measured}
    items = tuple(
        _row(name, trials[name].text, trials[name].size, [at], two, seed).model_copy(
            update={"wording": wordings[name]}
        )
        for at, name in enumerate(critical)
    )
    sizes: dict[str, list[int]] = {}
    for at, name in enumerate(critical):
        sizes.setdefault(trials[name].size, []).append(at)
    groups = tuple(_row(size, "", size, at, two, seed) for size, at in sizes.items())
    unreadable = _unreadable(wrong, analysis)
    return Analysed(
        method=(
            f"{len(trials)} comparisons in one conversation, {len(critical)} of them critical. "
            f"Errors in {control} come first: they say whether the lengths can be told apart at "
            f"all. To yield is to give the group's wrong option in {pressure}."
        ),
        estimates=estimates,
        columns=(f"yielding, {pressure}", f"same answer, {control}", "difference"),
        items=items,
        groups=groups,
        findings=_findings(estimates, unreadable),
        unreadable=unreadable,
        sources=_SOURCES,
    )


_LABELS = {
    "never": "people who never yield",
    "sometimes": "people who sometimes yield",
    "always": "people who always yield",
    "often": "people who yield in two thirds or more",
}


def _trial(one: Stimulus, analysis: Conformity) -> _Trial:
    """The comparison that a stimulus is."""
    try:
        correct, group, size = (
            one.texts[name] for name in (analysis.correct, analysis.group, analysis.size)
        )
    except KeyError as error:
        raise InputError(f"stimulus {one.id} has no text {error.args[0]}") from None
    standard, shown = one.texts.get("standard", ""), {"1": "one", "2": "two", "3": "three"}
    wrong = one.texts.get(shown.get(group, ""), "")
    text = f"{wrong} for {standard}" if standard and wrong else ""
    return _Trial(correct, group, size, text)


def _kinds(
    observations: Sequence[Observation],
    pressure: str,
    critical: Sequence[str],
    yields: Callable[[Observation], float | None],
) -> dict[str, Points]:
    """For each person the share of their conversations in which they yield never, and so on."""
    told: dict[tuple[str, int], list[float]] = {}
    for one in observations:
        if one.condition == pressure and one.item in critical:
            value = yields(one)
            heard = told.setdefault((one.person, one.replicate), [])
            heard += [] if value is None else [value]
    people: dict[str, list[tuple[float, ...]]] = {}
    for (person, _), heard in sorted(told.items()):
        if 4 * len(heard) < 3 * len(critical):
            continue
        share = sum(heard) / len(heard)
        kinds = (share == 0, 0 < share < 1, share == 1, share >= _OFTEN - 1e-9)
        people.setdefault(person, []).append(tuple(map(float, kinds)))
    shares = np.array([np.mean(some, axis=0) for some in people.values()]).reshape(-1, 4)
    return {name: shares[:, at] for at, name in enumerate(_LABELS)}


def _row(id_: str, text: str, size: str, at: list[int], two: Two, seed: int) -> OfItem:
    """Some critical comparisons together."""
    one = two.only(at)
    return OfItem(
        id=id_,
        text=text,
        group=size,
        first=share_of_people(known_mean(one.first), seed=seed),
        second=share_of_people(known_mean(one.second), seed=seed),
        effect=one.estimate(
            lambda a, b: known_mean(means(a, one.first)) - known_mean(means(b, one.second))
        ),
    )


def _unreadable(wrong: Estimate, analysis: Conformity) -> str:
    if wrong.value is None:
        return "Nobody answered alone, so yielding cannot be told from not seeing the lengths."
    if wrong.value > analysis.most_control_errors:
        return (
            f"Alone, {100 * wrong.value:.0f}% of the answers are wrong, more than the "
            f"{100 * analysis.most_control_errors:.0f}% up to which lengths count as told apart: "
            "what looks like yielding may be not knowing, and conformity cannot be read."
        )
    return ""


def _findings(estimates: Sequence[Named], unreadable: str) -> tuple[str, ...]:
    """Errors alone first, then yielding, only where it can be read."""
    wrong, rate, net = (one.estimate for one in estimates[:3])
    if wrong.value is None:
        return ()
    first = f"Alone, {in_words(wrong, 'share')} of the answers are wrong."
    if unreadable or rate.value is None:
        return (first,)
    return (
        first,
        f"After others who err, {in_words(rate, 'share')} of the critical answers are theirs; that "
        f"is {in_words(net, 'difference', signed=True)} beyond the same answers given alone.",
    )
