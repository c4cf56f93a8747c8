"""The tables of the psychometrics of a run."""

from collections.abc import Iterator

from evaluation.psychometrics.result import (
    Fit,
    ItemMeasures,
    Measures,
    PsychometricsResult,
    ScaleMeasures,
    Styles,
)
from evaluation.sections import Cell, Estimate, Table

_STYLES = {
    "acquiescence": "acquiescence (share of the range, −.5 to .5)",
    "inconsistency": "distance of keyed and reverse-keyed halves (share of the range)",
    "extreme": "answers at an end of the scale (share)",
    "midpoint": "answers in the middle (share)",
    "longest": "longest run of one answer (share of the items)",
    "same": "one answer to all items (share)",
    "entropy": "entropy of the answers (0 to 1)",
}
_OF_SCALES = (
    "alpha", "omega", "omega_grouped", "omega_hierarchical", "mean_r", "consistency", "retest",
    "icc",
)  # fmt: skip


def tables_of(found: PsychometricsResult) -> Iterator[Table]:
    """A table for scales, retests, response styles, factors, items, respondents and gaps."""
    if found.measures.scales:
        yield _scales(found)
    if any(_known(one.mean_r) or _known(one.consistency) for one in found.measures.scales):
        yield _correlations(found)
    samples = [found.measures, *(one.measures for one in found.beside)]
    if any(one.occasions > 1 for one in samples) and found.measures.scales:
        yield _retests(found)
    yield _styles(found)
    if found.beside:
        yield _distances(found)
    if found.measures.scales:
        yield _fits(found)
    yield _items(found)
    yield _respondents(found.measures.styles)
    if found.measures.missing or found.left_out:
        yield _missing(found)
    if gaps := _gaps(found.measures):
        yield Table(
            name="undefined",
            title="What has no value, and why",
            columns=("statistic", "of", "reason"),
            rows=tuple((statistic, ", ".join(of), why) for (statistic, why), of in gaps.items()),
            folded=True,
        )


def _known(estimate: Estimate) -> bool:
    return estimate.value is not None


def _scales(found: PsychometricsResult) -> Table:
    people = _people(found)
    names = [one.name for one in found.beside]
    bases = [f"{name}: {_basis(found, place)}" for place, name in enumerate(names)]
    return Table(
        name="scales",
        title="Scales",
        columns=(
            "scale", "items (reversed)", "people", "mean", "SD", "alpha",
            *(f"alpha, {name}" for name in names), "omega total", "omega hierarchical",
        ),
        rows=tuple(
            (
                one.scale, f"{one.items} ({one.reversed})", one.people, one.mean, one.sd, one.alpha,
                *(some[one.scale].alpha if one.scale in some else None for some in people),
                one.omega, one.omega_hierarchical,
            )
            for one in found.measures.scales
        ),
        folded=not any(_known(one.alpha) for one in found.measures.scales),
        note=" ".join((
            "Mean and SD are of respondents' levels, the mean of their replicates. Omega total is "
            "that of one factor; omega hierarchical needs nine items.",
            *bases,
        )),
    )  # fmt: skip


def _correlations(found: PsychometricsResult) -> Table:
    people = _people(found)
    names = [one.name for one in found.beside]
    return Table(
        name="correlations",
        title="How the items of a scale go together",
        columns=(
            "scale", "mean r", *(f"mean r, {name}" for name in names),
            "r of halves", *(f"r of halves, {name}" for name in names),
        ),
        rows=tuple(
            (
                one.scale, one.mean_r,
                *(some[one.scale].mean_r if one.scale in some else None for some in people),
                one.consistency,
                *(some[one.scale].consistency if one.scale in some else None for some in people),
            )
            for one in found.measures.scales
        ),
        note="Mean r: of all pairs of items; it does not hang on their number, as alpha does. r of "
        "halves: of the items keyed one way and those keyed the other, turned round.",
    )  # fmt: skip


def _basis(found: PsychometricsResult, place: int) -> str:
    """What people answered, scale by scale, in one sentence."""
    beside = found.beside[place]
    own = {one.scale: one.items for one in found.measures.scales}
    theirs = {one.scale: one.items for one in beside.measures.scales}
    told = [
        f"{scale} {theirs[scale]} of the {own[scale]} items"
        if basis == "same items"
        else f"{scale} a scale of that name ({theirs[scale]} items)"
        for scale, basis in beside.basis.items()
        if basis != "same items" or theirs[scale] < own[scale]
    ]
    return (f"{'; '.join(told)}." if told else "the same items.") if beside.basis else "no scale."


def _retests(found: PsychometricsResult) -> Table:
    people = _people(found)
    return Table(
        name="retests",
        title="Asked again",
        columns=(
            "scale", "r", "ICC(2,1)",
            *(f"{what}, {one.name}" for one in found.beside for what in ("r", "ICC(2,1)")),
        ),
        rows=tuple(
            (
                one.scale, one.retest, one.icc,
                *(cell for some in people for cell in _again(some.get(one.scale))),
            )
            for one in found.measures.scales
        ),
        note="ICC(2,1): two-way random, absolute agreement, a single occasion. Occasions of a run "
        "are its replicates, those of people the waves of their panel.",
    )  # fmt: skip


def _again(human: ScaleMeasures | None) -> tuple[Cell, Cell]:
    return (human.retest, human.icc) if human else (None, None)


def _styles(found: PsychometricsResult) -> Table:
    own = found.measures.styles
    others = [one.measures.styles for one in found.beside]
    return Table(
        name="styles",
        title="Response styles",
        columns=("style", "this run", *(one.name for one in found.beside)),
        rows=tuple(
            (title, getattr(own, name), *(getattr(one, name) for one in others))
            for name, title in _STYLES.items()
        ),
        note=f"Means over respondents, on the {own.items} items that share {own.options} options"
        + "".join(
            f"; {beside.name}: {one.items} items, {one.options} options"
            for beside, one in zip(found.beside, others, strict=True)
        )
        + ". Acquiescence balances keyed and reverse-keyed items within each scale.",
    )


def _distances(found: PsychometricsResult) -> Table:
    return Table(
        name="distances",
        title="Correlations between items, beside people",
        columns=(
            "people", "items", "pairs", "RMS difference", "beyond sampling error", "alike (r)",
        ),
        rows=tuple(
            (
                one.name, one.distance.items, one.distance.pairs, one.distance.rms,
                one.distance.beyond, one.distance.alike,
            )
            for one in found.beside
        ),
        note="On items that both answered. The RMS difference holds the sampling error of both.",
    )  # fmt: skip


def _fits(found: PsychometricsResult) -> Table:
    rows = list(_fit_rows("", found.measures))
    for beside in found.beside:
        rows += _fit_rows(f", {beside.name}", beside.measures)
    return Table(
        name="factors",
        title="Confirmatory factor analysis",
        columns=(
            "model", "respondents", "items", "chi-square", "df", "p", "CFI", "TLI", "RMSEA (90%)",
            "SRMR", "no fit, since",
        ),
        rows=tuple(rows),
        note="Each scale as one factor; all of them as correlated factors. Respondents without a "
        "missing answer.",
    )  # fmt: skip


def _fit_rows(tail: str, of: Measures) -> Iterator[tuple[Cell, ...]]:
    if len(of.scales) > 1:
        yield _fit_row(f"all scales{tail}", of.fit)
    for one in of.scales:
        yield _fit_row(f"{one.scale}{tail}", one.fit)


def _fit_row(name: str, fit: Fit) -> tuple[Cell, ...]:
    return (
        name, fit.n, fit.items, fit.chi2, fit.df, fit.p, fit.cfi, fit.tli, fit.rmsea, fit.srmr,
        fit.why,
    )  # fmt: skip


def _items(found: PsychometricsResult) -> Table:
    people = [{one.id: one for one in beside.measures.items} for beside in found.beside]
    return Table(
        name="items",
        title="Items",
        columns=(
            "item", "text", "scale", "key", "answers", "mean", "SD", "item-total r", "retest r",
            *(
                f"{what}, {one.name}"
                for one in found.beside
                for what in ("mean", "SD", "item-total r", "retest r")
            ),
        ),
        rows=tuple(
            (
                one.id, one.text, one.scale, "−" if one.reverse else "+", one.answers, one.mean,
                one.sd, one.item_total, one.retest,
                *(cell for some in people for cell in _human(one, some.get(one.id))),
            )
            for one in found.measures.items
        ),
        note="As keyed. Item-total: with the sum of the other items of the scale. Means of people "
        "are left out where their answer scale is another.",
        folded=True,
    )  # fmt: skip


def _human(item: ItemMeasures, human: ItemMeasures | None) -> tuple[Cell, ...]:
    if human is None:
        return (None, None, None, None)
    alike = (item.lowest, item.highest) == (human.lowest, human.highest)
    return (
        human.mean if alike else None,
        human.sd if alike else None,
        human.item_total,
        human.retest,
    )


def _respondents(styles: Styles) -> Table:
    return Table(
        name="respondents",
        title="Response styles by respondent",
        columns=(
            "respondent", "answers", "acquiescence", "inconsistency", "extreme", "middle",
            "longest run", "one answer", "entropy",
        ),
        rows=tuple(
            (
                one.id, one.answers, one.acquiescence, one.inconsistency, one.extreme,
                one.midpoint, one.longest, one.same, one.entropy,
            )
            for one in styles.respondents
        ),
        note="Over all replicates.",
        folded=True,
    )  # fmt: skip


def _missing(found: PsychometricsResult) -> Table:
    rows: list[tuple[Cell, ...]] = [
        ("answers missing", reason, many) for reason, many in found.measures.missing.items()
    ]
    reasons: dict[str, int] = {}
    for why in found.left_out.values():
        reasons[why] = reasons.get(why, 0) + 1
    rows += [("items left out", why, many) for why, many in reasons.items()]
    return Table(
        name="missing",
        title="Not counted",
        columns=("what", "reason", "how many"),
        rows=tuple(rows),
        note="Missing answers are left out pair by pair; nothing is put in their place.",
    )


def _gaps(of: Measures) -> dict[tuple[str, str], list[str]]:
    """What has no value by statistic and reason."""
    gaps: dict[tuple[str, str], list[str]] = {}
    for one in of.scales:
        for name in _OF_SCALES:
            estimate: Estimate = getattr(one, name)
            if estimate.value is None:
                gaps.setdefault((name.replace("_", " "), estimate.why), []).append(one.scale)
    for name in _STYLES:
        estimate = getattr(of.styles, name)
        if estimate.value is None:
            gaps.setdefault((name, estimate.why), []).append("response styles")
    return gaps


def _people(found: PsychometricsResult) -> list[dict[str, ScaleMeasures]]:
    return [{one.scale: one for one in beside.measures.scales} for beside in found.beside]
