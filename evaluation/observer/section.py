"""An observer report as a section of a report: findings, tables, drawings, limits."""

from collections.abc import Sequence

from evaluation.figures import Dot, DotRow, dot_panel
from evaluation.observer.probe import BIASES, Shift
from evaluation.observer.result import ObserverResult
from evaluation.observer.tables import tables_of
from evaluation.sections import Drawing, Estimate, Section, said

SOURCES = (
    "Xie et al. (2025, Human Simulacra, ICLR), the observer report",
    "Shrout and Fleiss (1979, Psychological Bulletin 86, 420-428), ICC(2,1) and ICC(2,k)",
    "Hayes and Krippendorff (2007, Communication Methods and Measures 1, 77-89), alpha",
    "Zheng et al. (2023, Judging LLM-as-a-judge, NeurIPS), bias for length",
    "Student (1908, Biometrika 6, 1-25), the probe's intervals",
)
WHAT = {
    "padded": "padding that adds nothing",
    "flattered": "flattery of the rater",
    "other": "somebody else's answers",
}
_LIMITS = (
    "Raters judge what a model says that it would do. Whether anybody would do so is another "
    "matter.",
    "Intervals are over situations (over people where there are three), not over raters: other "
    "raters may judge otherwise.",
    "The probe finds bias for these paddings and this flattery. A rater that it leaves unmarked "
    "may reward others. Of raters without bias, each test marks one in twenty by chance.",
)


def section_of(result: ObserverResult) -> Section:
    """The section of a result."""
    return Section(
        name="observer",
        title="Observer report",
        question="Do people who see only the answers see the person whose life is told, and does "
        "the person answer as readers of that life expect?",
        method=_method(result),
        sample=_sample(result),
        findings=tuple(_findings(result)),
        warnings=tuple(_warnings(result)),
        tables=tables_of(result),
        drawings=tuple(_drawings(result)),
        limits=(*_LIMITS, *_read(result)),
        sources=SOURCES,
        runs=result.runs,
        calls=result.calls,
        cost=result.cost,
    )


def _method(result: ObserverResult) -> str:
    by_model = any(one.rater.kind == "model" for one in result.raters)
    models = "Models rate at temperature 0. " if by_model else ""
    return (
        f"Each person answered {len(result.scenarios)} open everyday situations ({result.method} "
        f"on {result.model}). Description matching: raters who saw only the answers described the "
        "person, raters who had read the life judged whether the description fits. Response "
        "similarity: readers of the life wrote the answer that they expect, raters who had not "
        "read it judged how similar it is to the answer given. "
        f"{models}Scores run from 0 to 100 and are means over raters. Controls: descriptions and "
        "answers of somebody else in the place of the person's own."
    )


def _sample(result: ObserverResult) -> str:
    people = ", ".join(one.name for one in result.people)
    raters = ", ".join(one.rater.label for one in result.raters) or "nobody yet"
    missing = sum(one.missing for one in result.raters)
    parts = [
        f"{people}; {len(result.scenarios)} situations; replicates: {result.replicates}.",
        f"Raters: {raters}.",
        f"{sum(one.ratings for one in result.raters)} judgements, {missing} missing.",
    ]
    if result.unanswered:
        parts.append(f"{result.unanswered} situations got no answer and are left out.")
    return " ".join(parts)


def _findings(result: ObserverResult) -> list[str]:
    found = result.overall
    lines = [
        f"Response similarity is {said(found.similarity)} of 100, "
        f"{said(found.similarity_other)} with somebody else's answers.",
        f"Description matching is {said(found.fit)} of 100, "
        f"{said(found.fit_other)} with descriptions of somebody else.",
    ]
    if found.similarity.value is None and found.fit.value is None:
        lines = ["Nobody has judged anything yet."]
    for one in result.agreement:
        lines.append(
            f"Agreement of {one.raters} raters on {one.role}: ICC(2,1) {said(one.single)}, "
            f"ICC(2,k) {said(one.mean)}, Krippendorff's alpha (interval) {said(one.alpha)}."
        )
    biases = [one for one in result.probe if one.variant in BIASES and one.shift.interval]
    lines += [
        f"Scores by {one.rater} changed by {said(one.shift, signed=True)} points for "
        f"{WHAT[one.variant]}."
        for one in biases
        if one.flagged
    ]
    if biases and not any(one.flagged for one in biases):
        pairs = max(one.pairs for one in biases)
        lines.append(f"No rater was found to reward padding or flattery (up to {pairs} pairs).")
    return lines


def _warnings(result: ObserverResult) -> list[str]:
    warnings = []
    if players := [one.rater.name for one in result.raters if one.rater.is_player]:
        warnings.append(
            f"The rater is the player: {', '.join(players)} also played the people, so these "
            "ratings are not valid. Name another model with --raters, or have people rate."
        )
    if result.judgements and not result.agreement:
        warnings.append("No two raters judged the same, so nothing can be said about agreement.")
    if same := _always_alike(result):
        names = ", ".join(same)
        warnings.append(f"One and the same number for all answers: {names}. It says nothing.")
    marked = [one for one in result.probe if one.flagged]
    biased = {one.rater for one in marked if one.variant in BIASES}
    if biased:
        warnings.append(
            f"Rewarding (or punishing) what says nothing: {', '.join(sorted(biased))}. Scores of "
            "long or polite answers are distorted by it."
        )
    blind = {one.rater for one in marked if one.variant == "other"}
    if blind:
        warnings.append(
            f"Not telling the person from another: {', '.join(sorted(blind))}. The scores say "
            "nothing about this person in particular."
        )
    if result.raters and all(one.other == "" for one in result.people):
        warnings.append("Nobody else was there to be asked, so the scores have no control.")
    if result.unjudged:
        warnings.append(f"{result.unjudged} descriptions and answers are judged by nobody yet.")
    return warnings


def _always_alike(result: ObserverResult) -> list[str]:
    """Raters who gave one number to all answers that they compared."""
    scores: dict[str, list[float]] = {}
    for one in result.judgements:
        if one.role == "similarity" and one.score is not None:
            scores.setdefault(one.rater, []).append(one.score)
    return [name for name, given in scores.items() if len(given) > 2 and len(set(given)) == 1]


def _read(result: ObserverResult) -> list[str]:
    """Which raters could not be shown the whole life."""
    longest = max(result.life_words.values(), default=0)
    short = [one.rater for one in result.raters if one.rater.reads and one.rater.reads < longest]
    return [
        f"{one.name} was shown at most {said(one.reads)} words at once, and so only those parts of "
        f"a life (up to {said(longest)} words) that share most words with what was judged."
        for one in short
    ]


def _drawings(result: ObserverResult) -> list[Drawing]:
    found = result.overall
    if found.similarity.value is None and found.fit.value is None:
        return []
    player = " The rater is the player." if result.player_rates else ""
    rows = [
        _row("Description matching", found.fit, found.fit_other),
        _row("Response similarity", found.similarity, found.similarity_other),
        *(
            _row(f"  {one.domain} ({one.scenarios})", one.similarity, one.similarity_other)
            for one in result.domains
        ),
    ]
    series = ("the person", "somebody else (control)")
    drawings = [
        Drawing(
            name="parts",
            title="Both parts, and the situations of each domain",
            base=f"People: {len(result.people)}, situations: {len(result.scenarios)}, raters: "
            f"{len(result.raters)}; 95% bootstrap intervals over situations, or over people where "
            f"there are three.{player}",
            svg=dot_panel(rows, series, unit="points of 100", key="observer-parts",
                          label="Scores of the person beside those of somebody else",
                          bounds=(0, 100)),
        )
    ]  # fmt: skip
    if len(result.people) > 1:
        drawings.append(_people(result, series, player))
    if result.probe:
        drawings.append(_probe(result, player))
    return drawings


def _people(result: ObserverResult, series: Sequence[str], player: str) -> Drawing:
    rows = [
        _row(one.name, one.found.similarity, one.found.similarity_other) for one in result.people
    ]
    return Drawing(
        name="people",
        title="Response similarity of each person",
        base=f"n = {len(result.scenarios)} situations a person; 95% bootstrap intervals over "
        f"situations.{player}",
        svg=dot_panel(rows, series, unit="points of 100", key="observer-people",
                      label="Response similarity of each person beside the control",
                      bounds=(0, 100)),
    )  # fmt: skip


def _probe(result: ObserverResult, player: str) -> Drawing:
    labels = {one.rater.name: one.rater.label for one in result.raters}
    rows = [
        DotRow(
            f"{labels.get(one.rater, one.rater)}: {WHAT[one.variant]}",
            (Dot(one.shift.value or 0.0, one.shift.ends),),
            "marked" if one.flagged else "",
        )
        for one in result.probe
    ]
    return Drawing(
        name="probe",
        title="What the probe did to each rater's scores",
        base=f"n = {max(one.pairs for one in result.probe)} pairs of the same answer at most; "
        "Student's 95% intervals. Padding and flattery should lie at zero, somebody else's "
        f"answers clearly below.{player}",
        svg=dot_panel(rows, ("change",), unit="points, beside the answer as given",
                      key="observer-probe", label="Change of scores by rater and variant",
                      bounds=_reach(result.probe), left=330, width=660),
        wide=True,
    )  # fmt: skip


def _reach(shifts: Sequence[Shift]) -> tuple[float, float]:
    """From the lowest to the highest end, zero always among them."""
    ends = [end for one in shifts for end in (one.shift.ends or (one.shift.value or 0.0,))]
    low, high = min([*ends, 0.0]), max([*ends, 0.0])
    room = 0.08 * (high - low) or 5.0
    return low - room, high + room


def _row(name: str, own: Estimate, other: Estimate) -> DotRow:
    return DotRow(name, (_dot(own), _dot(other)), said(own.value))


def _dot(one: Estimate) -> Dot | None:
    return None if one.value is None else Dot(one.value, one.ends)
