"""Fidelity as a section of a report: findings in words, tables, drawings, limits."""

from collections.abc import Iterator, Sequence

from evaluation.fidelity.groups import clear
from evaluation.fidelity.panels import drawings
from evaluation.fidelity.result import NARROW, Accuracy, Distance, FidelityResult, ItemFidelity
from evaluation.sections import Cell, Estimate, Section, Table, said

_SHOWN = 30
"""Tables with more rows are folded."""
_SOURCES = (
    "Vallender, S. S. (1974). Calculation of the Wasserstein distance between probability "
    "distributions on the line. Theory of Probability and Its Applications, 18, 784-786.",
    "Lin, J. (1991). Divergence measures based on the Shannon entropy. IEEE Transactions on "
    "Information Theory, 37, 145-151.",
    "Endres, D. M., & Schindelin, J. E. (2003). A new metric for probability distributions. IEEE "
    "Transactions on Information Theory, 49, 1858-1860.",
    "Park, J. S., et al. (2024). Generative agent simulations of 1,000 people. arXiv 2411.10109 "
    "(accuracy normalised by people's own consistency).",
    "Davison, A. C., & Hinkley, D. V. (1997). Bootstrap methods and their application, section "
    "5.2 (basic intervals of distances).",
    "Hesterberg, T. C. (2015). What teachers should know about the bootstrap. The American "
    "Statistician, 69, 371-386 (wider percentiles for few people).",
)
_LIMITS = (
    "A distance is above zero by sampling alone: read it beside its noise floor, which is the "
    "larger the fewer people there are.",
    "The noise floor and the intervals hold sampling of people only: not wording, mode of "
    "interview or who took part among the humans.",
    "Alike distributions do not make alike people: that is what individual accuracy is for, and it "
    "needs people who were drawn from the rows of the human file.",
    "A published file of answers may have been read by a model in its training.",
    "A retest some time later holds change of mind as well as chance, so accuracy normalised by it "
    "errs on the high side.",
)


def section_of(result: FidelityResult) -> Section:
    """The result as a section."""
    return Section(
        name="fidelity",
        title="Fidelity: simulated answers beside those of people",
        question="Do simulated people answer as real people do: in distribution, in what goes "
        "together, in each group, and one by one?",
        method=_method(result),
        sample=f"{result.people} simulated people, interviews with each: {result.replicates} "
        f"({result.method} on {result.model}), beside {result.humans} humans of "
        f"{result.human_file}, {len(result.items)} items.",
        findings=tuple(_findings(result)),
        warnings=(*result.warnings, *_warnings(result)),
        tables=tuple(_tables(result)),
        drawings=drawings(result),
        limits=_LIMITS,
        sources=_SOURCES,
        runs={"run": result.run},
        calls=result.calls,
        cost=result.cost,
    )


def _method(result: FidelityResult) -> str:
    weights = "weighted, " if result.weighted else ""
    return (
        "Wasserstein-1 of ordered answers in units of the scale and over its range, Jensen-Shannon "
        "distance (base 2, 0 to 1) and total variation, each beside its noise floor: the mean "
        "distance between two samples drawn from the humans, of as many people as answered on "
        f"either side. Intervals are 95% ({weights}bootstrap of people on both sides); groups of "
        f"fewer than {result.least} get none."
    )


def _findings(result: FidelityResult) -> Iterator[str]:
    for distance, what, unit in (
        (result.moved, "Ordered answers", "of an item's range"),
        (result.total_variation, "Distributions", "of answers (total variation)"),
    ):
        if distance:
            yield (
                f"{what} are {_distance(distance)} {unit} from those of humans, in the mean over "
                f"items; two samples of humans differ by {said(distance.floor)}."
            )
    yield from _beyond(result.items)
    narrow = [one.id for one in result.items if one.under_dispersed]
    known = sum(one.spread_ratio is not None for one in result.items)
    if narrow:
        yield (
            f"Simulated answers are under-dispersed on {len(narrow)} of {known} items: spread less "
            f"than {NARROW:g} of the human standard deviation ({_some(narrow)})."
        )
    elif known:
        yield f"On none of {known} items are answers spread less than {NARROW:g} of the human ones."
    yield _accuracy_finding(result)
    yield from _together(result)
    yield from _group_findings(result)


def _beyond(items: Sequence[ItemFidelity]) -> Iterator[str]:
    measured = [(one, main) for one in items if (main := main_distance(one))]
    far = [one.id for one, main in measured if main.beyond]
    if measured:
        yield (
            f"{len(far)} of {len(measured)} items lie further from humans than 95 in 100 pairs of "
            f"human samples do{f' ({_some(far)})' if far else ''}; by chance alone about "
            f"{0.05 * len(measured):.1f} would."
        )


def main_distance(item: ItemFidelity) -> Distance | None:
    """Wasserstein over the range where answers have an order, total variation otherwise."""
    return item.moved or item.total_variation


def _accuracy_finding(result: FidelityResult) -> str:
    found = result.accuracy
    if found is None:
        return (
            "There is no individual accuracy: nobody here was drawn from a row of the human file "
            "(`id:` in the mapping of persona sample --microdata, and in this one)."
        )
    if found.accuracy.value is None:
        return "Individual accuracy is not given for numbers; see the correlations."
    told = (
        f"One by one, people give the answer of the human whose row they were drawn from in "
        f"{_percent(found.accuracy)} of cases; chance is {_share(found.chance)}, the commonest "
        f"human answer for everybody {_share(found.modal)}"
    )
    if found.retest.value is None:
        return f"{told}. The file has no second wave to normalise it by."
    above = ", above 1" if found.above_retest else ""
    return (
        f"{told}, and humans repeat their own answer in {_percent(found.retest)}: normalised "
        f"accuracy {said(found.normalised)}{above}, normalised correlation "
        f"{said(found.normalised_correlation)}."
    )


def _together(result: FidelityResult) -> Iterator[str]:
    found = result.correlations
    if found.item_means.value is not None:
        again = found.retest_means.value
        beside = f"; humans with themselves later {said(again)}" if again is not None else ""
        yield f"Item means correlate {said(found.item_means)} over {found.items} items{beside}."
    if found.root_mean_square and found.sizes:
        human, simulated = found.sizes
        yield (
            f"Inter-item correlations differ by {_distance(found.root_mean_square)} (root mean "
            f"square over {found.pairs} pairs), between samples of humans by "
            f"{said(found.root_mean_square.floor)}; their mean size is {said(simulated)} against "
            f"{said(human)} among humans."
        )


def _group_findings(result: FidelityResult) -> Iterator[str]:
    measured = [one for one in result.groups if one.distance]
    if not result.groups:
        return
    if not measured:
        yield "No group has enough people on both sides."
        return
    far = [f"{one.variable} {one.group}" for one in measured if one.distance and
           one.distance.beyond]  # fmt: skip
    differences = [item for one in measured for item in one.items if item.difference]
    many = sum(clear(one) for one in differences)
    yield (
        f"{len(far)} of {len(measured)} groups lie beyond their own noise floor"
        f"{f' ({_some(far)})' if far else ''}; {many} of {len(differences)} means of items in "
        f"groups differ clearly, where chance alone makes about {0.05 * len(differences):.0f}."
    )


def _warnings(result: FidelityResult) -> Iterator[str]:
    found = result.accuracy
    if found and found.above_retest and (found.normalised.ends or (0.0,))[0] > 1:
        yield (
            "Simulated people agree with humans better than these agree with themselves: the "
            "answers were very likely known to them, from the persona or from training."
        )
    if result.unmatched and found:
        yield f"{result.unmatched} simulated people have no row in the human file."
    if result.people < _SHOWN:
        yield f"Only {result.people} simulated people: noise floors are high and intervals wide."


def _tables(result: FidelityResult) -> Iterator[Table]:
    folded = len(result.items) > _SHOWN
    yield Table(
        name="distances",
        title="Distances by item",
        columns=("item", "humans", "simulated", "Wasserstein", "over range", "noise floor",
                 "Jensen-Shannon", "noise floor (JS)", "total variation", "noise floor (TV)",
                 "beyond sampling"),
        rows=tuple(_distance_row(one) for one in result.items),
        note="Noise floor: the mean distance of two samples of humans (of Wasserstein, over the "
        "range). Beyond sampling: further than 95 in 100 such pairs.",
        folded=folded,
    )  # fmt: skip
    yield Table(
        name="spread",
        title="Means and spread by item",
        columns=("item", "human mean", "simulated mean", "difference", "spread ratio", "narrow",
                 "missing (human)", "missing (simulated)"),
        rows=tuple(
            (one.id, one.mean_human, one.mean_simulated, one.difference, one.spread_ratio,
             f"below {NARROW:g}" if one.under_dispersed else "", one.missing_human,
             one.missing_simulated)
            for one in result.items
        ),
        note="Spread ratio: simulated over human standard deviation; of Gini's index of diversity "
        "where answers have no order.",
        folded=folded,
    )  # fmt: skip
    rated = [(one.id, one.accuracy) for one in result.items if one.accuracy]
    if result.accuracy:
        yield Table(
            name="accuracy",
            title="Individual accuracy by item",
            columns=("item", "people", "accuracy", "chance", "commonest answer", "beyond chance",
                     "human retest", "normalised", "correlation", "retest r", "normalised r"),
            rows=tuple(_accuracy_row(*one) for one in [("all items", result.accuracy), *rated]),
            note="Retest: humans who give the same answer the second time. Normalised: over that, "
            "among humans with both answers; above 1 speaks of answers known beforehand.",
            folded=folded,
        )  # fmt: skip
    yield from _group_tables(result)


def _group_tables(result: FidelityResult) -> Iterator[Table]:
    if not result.groups:
        return
    yield Table(
        name="groups",
        title="Errors in groups",
        columns=("variable", "group", "humans", "simulated", "distance", "noise floor",
                 "beyond sampling", "items that differ", "items", "note"),
        rows=tuple(
            (one.variable, one.group, one.humans, one.people, _cell(one.distance),
             _floor(one.distance),
             "yes" if one.distance and one.distance.beyond else "",
             sum(clear(item) for item in one.items), len(one.items), one.reason)
            for one in result.groups
        ),
        note="Distance: mean over items, Wasserstein over the range or total variation. Each "
        "group's noise floor and interval are those of its own size.",
    )  # fmt: skip
    yield Table(
        name="group_items",
        title="Errors in groups by item",
        columns=("variable", "group", "item", "humans", "simulated", "distance", "noise floor",
                 "difference of means, over range", "clear"),
        rows=tuple(
            (one.variable, one.group, item.item, item.humans, item.people, _cell(item.distance),
             _floor(item.distance), item.difference, "yes" if clear(item) else "")
            for one in result.groups
            for item in one.items
        ),
        note="Clear: the interval of the difference leaves out zero, which chance does in 5 of "
        "100.",
        folded=True,
    )  # fmt: skip


def _distance_row(one: ItemFidelity) -> tuple[Cell, ...]:
    main = main_distance(one)
    beyond = one.reason or ("yes" if main and main.beyond else "")
    return (
        one.id, one.humans, one.people, _cell(one.wasserstein), _cell(one.moved),
        _floor(one.moved), _cell(one.jensen_shannon), _floor(one.jensen_shannon),
        _cell(one.total_variation), _floor(one.total_variation), beyond,
    )  # fmt: skip


def _accuracy_row(name: str, one: Accuracy) -> tuple[Cell, ...]:
    return (
        name, one.people, one.accuracy, one.chance, one.modal, one.beyond_chance, one.retest,
        one.normalised, one.correlation, one.retest_correlation, one.normalised_correlation,
    )  # fmt: skip


def _cell(distance: Distance | None) -> Estimate | None:
    if distance is None:
        return None
    return Estimate(value=distance.value, interval=distance.interval)


def _floor(distance: Distance | None) -> float | None:
    return None if distance is None else distance.floor


def _distance(distance: Distance) -> str:
    return said(_cell(distance))


def _percent(one: Estimate) -> str:
    ends = f" ({100 * one.ends[0]:.0f} to {100 * one.ends[1]:.0f}%)" if one.ends else ""
    return f"{_share(one.value)}{ends}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.0f}%"


def _some(names: Sequence[str], most: int = 8) -> str:
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest
