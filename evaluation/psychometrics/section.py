"""The psychometrics of a run as a section of a report."""

from collections.abc import Iterator
from statistics import median

from evaluation.figures import Dot, DotRow, dot_panel, option_panel
from evaluation.psychometrics.result import (
    Beside,
    Fit,
    Measures,
    PsychometricsResult,
    ScaleMeasures,
    Styles,
)
from evaluation.psychometrics.tables import tables_of
from evaluation.sections import Drawing, Estimate, Section, said

FEW = 30
"""With fewer respondents, reliabilities and correlations between items are rough."""
_HUMANS_DRAWN = 2
_LEAST_DRAWN = -1.0
_MISSING = 0.1
_METHOD = (
    "Answers are keyed as the instrument says (reverse-keyed items turned round) and taken within "
    "each scale. Respondents are the sampling unit: replicates are repeats of the same people, so "
    "each statistic is taken within a replicate and averaged over them. Alpha, item-total and mean "
    "correlations rest on pairwise complete covariances; omega is that of one factor by minimum "
    "residuals, omega hierarchical that of a general and three group factors (nine items or "
    "more); factor models are fitted by maximum likelihood to the first replicate. Intervals of "
    "95%: alpha after Feldt (1965), all others by a bootstrap over respondents; RMSEA has one of "
    "90%."
)
_LIMITS = (
    "The respondents are simulated. A reliable scale measures something in them alike; that it is "
    "what it measures in people does not follow.",
    "Models often answer more evenly than people: a higher alpha than people have is no merit.",
    "A retest here is the same person asked again at once with another seed. People retested later "
    "have changed and forgotten, so their figure is no ceiling for the other.",
    "Fit indices of scales of few items, and of few respondents, are unsteady; the usual cut-offs "
    "(Hu and Bentler, 1999) were found for other models.",
)
_SOURCES = (
    "Cronbach (1951), Psychometrika 16, 297-334",
    "Feldt (1965), Psychometrika 30, 357-370",
    "McDonald (1999), Test Theory: A Unified Treatment",
    "Zinbarg, Revelle, Yovel and Li (2005), Psychometrika 70, 123-133",
    "Shrout and Fleiss (1979), Psychological Bulletin 86, 420-428",
    "Hu and Bentler (1999), Structural Equation Modeling 6, 1-55",
    "Van Vaerenbergh and Thomas (2013), Int. Journal of Public Opinion Research 25, 195-217",
    "Meade and Craig (2012), Psychological Methods 17, 437-455",
)


def section_of(found: PsychometricsResult) -> Section:
    """What the measures show, in the form of all evaluations."""
    of = found.measures
    times = f", each asked {of.occasions} times" if of.occasions > 1 else ""
    return Section(
        name="psychometrics",
        title=f"Psychometrics of {found.study}",
        question="Do the answers behave as measurements: consistent, repeatable, free of style?",
        method=_METHOD,
        sample=(
            f"{of.people} simulated respondents{times}: {of.answers} answers to {len(of.items)} "
            f"items of {found.instrument}, {_scales(len(of.scales))}; {found.method} on "
            f"{found.model}."
        ),
        findings=tuple(_findings(found)),
        warnings=tuple(_warnings(found)),
        tables=tuple(tables_of(found)),
        drawings=tuple(_drawings(found)),
        limits=_LIMITS,
        sources=_SOURCES,
        runs={"answers": found.run},
        calls=found.calls,
        cost=found.cost,
    )


def _findings(found: PsychometricsResult) -> Iterator[str]:
    of = found.measures
    alphas = {one.scale: one.alpha.value for one in of.scales if one.alpha.value is not None}
    if alphas:
        low, high = min(alphas, key=alphas.__getitem__), max(alphas, key=alphas.__getitem__)
        yield (
            f"Alpha has the median {said(median(alphas.values()))} over {_scales(len(alphas))}: "
            f"from {said(alphas[low])} ({low}) to {said(alphas[high])} ({high})."
        )
        if negative := [scale for scale, value in alphas.items() if value < 0]:
            yield (
                f"Alpha is below 0 on {', '.join(negative)}: items that should go together go "
                "apart. Check which are keyed in reverse, and whether people read them."
            )
    elif of.scales:
        yield "No scale has an alpha; the last table says why."
    else:
        yield "No item belongs to a scale, so there are response styles only."
    for beside in found.beside:
        yield from _beside_people(of, beside)
    yield from _retested(of)
    yield from _style(of.styles)
    yield from _fitted(of.fit)


def _beside_people(of: Measures, beside: Beside) -> Iterator[str]:
    people = {one.scale: one for one in beside.measures.scales}
    # Alpha hangs on the items and their number: only where these are the same is it compared.
    pairs = [
        (one, people[one.scale])
        for one in of.scales
        if beside.basis.get(one.scale) == "same items" and people[one.scale].items == one.items
    ]
    clear = [(one, _apart(one.alpha, human.alpha)) for one, human in pairs]
    higher = [one.scale for one, side in clear if side > 0]
    lower = [one.scale for one, side in clear if side < 0]
    if pairs:
        yield (
            f"Beside {beside.name} ({beside.measures.people} people), of {_scales(len(pairs))} "
            f"with the same items alpha is clearly higher on {_named(higher)}, clearly lower on "
            f"{_named(lower)}."
        )
    distance = beside.distance
    if distance.beyond.value is not None:
        yield (
            f"Correlations between {distance.items} items differ from those of {beside.name} by "
            f"{said(distance.beyond)} beyond sampling error (root mean square); the two sets of "
            f"correlations correlate {said(distance.alike.value)}."
        )


def _apart(one: Estimate, other: Estimate) -> int:
    """1 where the first is higher and the intervals do not meet, -1 where it is lower, else 0."""
    if one.ends is None or other.ends is None:
        return 0
    return int(one.ends[0] > other.ends[1]) - int(one.ends[1] < other.ends[0])


def _retested(of: Measures) -> Iterator[str]:
    values = [one.icc.value for one in of.scales if one.icc.value is not None]
    if values:
        yield (
            f"Asked again, people keep their level on a scale with a median ICC(2,1) of "
            f"{said(median(values))} over {_scales(len(values))}."
        )


def _style(styles: Styles) -> Iterator[str]:
    parts = []
    if styles.extreme.value is not None:
        parts.append(f"{_percent(styles.extreme)} of answers are at an end of the scale")
    if styles.midpoint.value is not None:
        parts.append(f"{_percent(styles.midpoint)} in its middle")
    if parts:
        yield f"On average {', '.join(parts)}."
    if styles.acquiescence.interval and not styles.acquiescence.covers(0):
        ways = "high" if (styles.acquiescence.value or 0) > 0 else "low"
        yield (
            f"Respondents lean to the {ways} end of the scale whatever the item says: "
            f"{said(styles.acquiescence, signed=True)} of the range."
        )
    if styles.same.value:
        yield f"{_percent(styles.same)} of respondents gave one answer to all items."


def _fitted(fit: Fit) -> Iterator[str]:
    if fit.cfi is not None and fit.rmsea is not None:
        yield (
            f"{fit.factors} correlated factors, one a scale, fit with CFI {said(fit.cfi)}, RMSEA "
            f"{said(fit.rmsea)} and SRMR {said(fit.srmr)} ({fit.n} respondents)."
        )


def _warnings(found: PsychometricsResult) -> Iterator[str]:
    yield from found.notes
    of = found.measures
    if of.people < FEW:
        yield (
            f"{of.people} respondents: reliabilities and correlations are rough with fewer than "
            f"{FEW}, whatever the number of replicates."
        )
    lacking = sum(of.missing.values())
    if lacking > _MISSING * (of.answers + lacking):
        yield f"{lacking} of {of.answers + lacking} answers are missing; see by which reason below."
    for beside in found.beside:
        other = [scale for scale, basis in beside.basis.items() if basis != "same items"]
        if other:
            yield (
                f"On {', '.join(other)} the people of {beside.name} answered other items, a scale "
                "of that name: its number of items differs, so compare mean correlations first."
            )


def _drawings(found: PsychometricsResult) -> Iterator[Drawing]:
    yield from _alphas(found)
    bars = [(one.scale, one.counts) for one in found.measures.options if sum(one.counts)]
    if bars and len({len(counts) for _, counts in bars}) == 1:
        yield Drawing(
            name="options",
            title="Options chosen, by scale",
            base=(
                f"{found.measures.people} simulated respondents, {found.measures.occasions} times; "
                "from the lowest code (left) to the highest, reversed items as given; n is answers"
            ),
            svg=option_panel(bars, key="psychometrics-options", label="Options chosen, by scale"),
        )


def _alphas(found: PsychometricsResult) -> Iterator[Drawing]:
    drawn = [one for one in found.measures.scales if one.alpha.value is not None]
    if not drawn:
        return
    besides = found.beside[:_HUMANS_DRAWN]
    people = [{one.scale: one for one in beside.measures.scales} for beside in besides]
    rows = [
        DotRow(
            one.scale,
            (_dot(one), *(_dot(some.get(one.scale)) for some in people)),
            said(one.alpha.value),
        )
        for one in drawn
    ]
    cut = any(one.alpha.ends and one.alpha.ends[0] < _LEAST_DRAWN for one in drawn)
    series = [f"this run ({found.measures.people})"]
    series += [f"{one.name} ({one.measures.people} people)" for one in besides]
    low = min((dot.ends[0] if dot.ends else dot.value) for row in rows for dot in row.dots if dot)
    yield Drawing(
        name="alpha",
        title="Alpha of each scale",
        base=(
            f"n = {found.measures.people} simulated respondents; whiskers are intervals of 95% "
            "after Feldt (1965); the number is that of this run."
            + (" Whiskers end at −1." if cut else "")
        ),
        svg=dot_panel(
            rows,
            series,
            unit="Cronbach's alpha",
            key="psychometrics-alpha",
            label="Cronbach's alpha of each scale with its interval",
            bounds=(max(low - 0.05, _LEAST_DRAWN), 1.0),
            left=150,
        ),
    )


def _dot(one: ScaleMeasures | None) -> Dot | None:
    if one is None or one.alpha.value is None:
        return None
    # A bound keeps one hopeless scale from squeezing all the others.
    low, high = one.alpha.ends or (one.alpha.value, one.alpha.value)
    ends = (max(low, _LEAST_DRAWN), max(high, _LEAST_DRAWN)) if one.alpha.ends else None
    return Dot(max(one.alpha.value, _LEAST_DRAWN), ends)


def _scales(many: int) -> str:
    return "one scale" if many == 1 else f"{many or 'no'} scales"


def _named(scales: list[str]) -> str:
    return ", ".join(scales) if 0 < len(scales) <= 6 else str(len(scales) or "none")


def _percent(of: Estimate) -> str:
    ends = f" ({100 * of.ends[0]:.0f} to {100 * of.ends[1]:.0f})" if of.ends else ""
    return f"{100 * (of.value or 0):.0f}%{ends}"
