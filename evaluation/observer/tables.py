"""The tables of an observer report; each says where a rater is the player."""

from evaluation.observer.probe import Shift
from evaluation.observer.result import Both, ObserverResult
from evaluation.sections import Cell, Estimate, Table, said

_BOTH = ("description", "of another", "similarity", "of another's answers")
_PLAYER = "The rater is the player, so these ratings are not valid."


def tables_of(result: ObserverResult) -> tuple[Table, ...]:
    """All tables, those that are long folded."""
    tables = [
        _people(result),
        _raters(result),
        *([_agreement(result)] if result.agreement else []),
        *([_probe(result)] if result.probe else []),
        _scenarios(result),
        *([_descriptions(result)] if any(one.descriptions for one in result.people) else []),
        _judgements(result),
        *([_missing(result)] if _reasons(result) else []),
    ]
    if not result.player_rates:
        return tuple(tables)
    return tuple(one.model_copy(update={"note": f"{one.note} {_PLAYER}".strip()}) for one in tables)


def _people(result: ObserverResult) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (one.name, *_cells(one.found), one.other) for one in result.people
    ]
    if len(rows) > 1:
        rows.append(("all", *_cells(result.overall), ""))
    return Table(
        name="people",
        title="People",
        columns=("person", *_BOTH, "control"),
        rows=tuple(rows),
        note="Points of 100, means over raters, with 95% intervals where three or more situations, "
        "descriptions or people are there.",
    )


def _raters(result: ObserverResult) -> Table:
    return Table(
        name="raters",
        title="Raters",
        columns=("rater", "kind", *_BOTH, "own texts", "others' texts", "given", "missing"),
        rows=tuple(
            (
                one.rater.label,
                one.rater.kind,
                *_cells(one.found),
                one.own_texts,
                one.others_texts,
                one.ratings,
                one.missing,
            )
            for one in result.raters
        ),
        note="Own texts: descriptions and expected answers that the rater wrote; where they get "
        "more than others' texts, the rater may favour itself.",
    )


def _agreement(result: ObserverResult) -> Table:
    return Table(
        name="agreement",
        title="Agreement of the raters",
        columns=("judged", "raters", "targets", "ICC(2,1)", "ICC(2,k)", "Krippendorff's alpha"),
        rows=tuple(
            (one.role, one.raters, one.targets, one.single, one.mean, one.alpha)
            for one in result.agreement
        ),
        note="ICC: two-way random effects, absolute agreement, of a single rater and of their "
        "mean, over targets that all of them judged; alpha: interval metric, over all targets. "
        "The controls are among the targets.",
    )


def _probe(result: ObserverResult) -> Table:
    return Table(
        name="probe",
        title="Probe: what raters reward",
        columns=("rater", "shown", "pairs", "as given", "so", "change", "marked"),
        rows=tuple(_shift(one, _labels(result)) for one in result.probe),
        note="Marked: for padding and flattery, the interval of the change leaves out zero; for "
        "somebody else's answers, it does not lie below zero.",
    )


def _shift(one: Shift, labels: dict[str, str]) -> tuple[Cell, ...]:
    marked = "yes" if one.flagged else "no" if one.shift.interval else "too few"
    return (
        labels.get(one.rater, one.rater),
        one.variant,
        one.pairs,
        one.own,
        one.scored,
        one.shift,
        marked,
    )


def _scenarios(result: ObserverResult) -> Table:
    return Table(
        name="scenarios",
        title="Situations",
        columns=("id", "facet", "situation", "similarity", "another's answers", "raters apart"),
        rows=tuple(
            (
                one.id,
                one.facet.replace("_", " "),
                one.text,
                one.similarity,
                one.similarity_other,
                one.apart,
            )
            for one in result.scenarios
        ),
        note="Raters apart: mean distance between the highest and the lowest rater.",
        folded=True,
    )


def _descriptions(result: ObserverResult) -> Table:
    labels = _labels(result)
    return Table(
        name="descriptions",
        title="Descriptions from the answers",
        columns=("life of", "answers of", "replicate", "writer", "description", "fit"),
        rows=tuple(
            (
                person.name,
                one.of,
                one.replicate,
                labels.get(one.writer, one.writer),
                one.text,
                ", ".join(
                    f"{labels.get(rater, rater)} {said(score)}"
                    for rater, score in one.scores.items()
                ),
            )
            for person in result.people
            for one in person.descriptions
        ),
        folded=True,
    )


def _judgements(result: ObserverResult) -> Table:
    labels = _labels(result)
    return Table(
        name="judgements",
        title="All judgements",
        columns=("judged", "person", "replicate", "situation", "shown", "writer", "rater", "score"),
        rows=tuple(
            (
                one.role,
                one.person,
                one.replicate,
                one.scenario,
                one.variant,
                labels.get(one.writer, one.writer),
                labels.get(one.rater, one.rater),
                one.score,
            )
            for one in result.judgements
        ),
        folded=True,
    )


def _missing(result: ObserverResult) -> Table:
    return Table(
        name="missing",
        title="What raters did not give, and why",
        columns=("reason", "times"),
        rows=tuple(_reasons(result).items()),
        folded=True,
    )


def _reasons(result: ObserverResult) -> dict[str, int]:
    counts = dict(result.unwritten)
    for one in result.judgements:
        if one.score is None:
            counts[one.why] = counts.get(one.why, 0) + 1
    return counts


def _labels(result: ObserverResult) -> dict[str, str]:
    """How tables name raters."""
    return {one.rater.name: one.rater.label for one in result.raters}


def _cells(found: Both) -> tuple[Estimate, ...]:
    return (found.fit, found.fit_other, found.similarity, found.similarity_other)
