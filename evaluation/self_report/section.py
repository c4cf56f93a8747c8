"""The self report as a section of a report."""

from collections.abc import Iterator, Sequence

from evaluation.figures import Dot, DotRow, dot_panel
from evaluation.scoring import KINDS
from evaluation.sections import Cell, Drawing, Estimate, Section, Table, counted
from evaluation.self_report.measure import pooled
from evaluation.self_report.result import MethodScore, PartScore, SelfReportResult
from simulacra.domain.answer import MissingCode

_PARTS = {"cloze": "cloze", "single": "single choice", "multiple": "multiple choice",
          "profile": "told by the profile", "story": "needs the story"}  # fmt: skip
_SOURCES = (
    "Xie, Q., et al. (2025). Human Simulacra: Benchmarking the personification of large language "
    "models. ICLR 2025, arXiv 2402.18180 (the questions' kinds and points).",
    "Owen, A. B. (2007). The pigeonhole bootstrap. Annals of Applied Statistics, 1, 386-411 "
    "(intervals over questions and replicates).",
)
_LIMITS = (
    "Most of these points measure whether a text in the prompt is read: only questions that need "
    "the story tell one way of remembering from another.",
    "The intervals are over questions and replicates of these people, and say nothing of others.",
    "A right answer about a life says nothing of whether the person would act or feel as a human "
    "with that life.",
)


def section_of(results: Sequence[SelfReportResult]) -> Section:
    """The results of one or more people as a section.

    Raises:
        ValueError: there is none, or they differ in methods or replicates.
    """
    whole = pooled(results) if len(results) > 1 else results[0]
    many = len(whole.personas)
    return Section(
        name="self_report",
        title="Self report: do they know who they are?",
        question="How many questions about their own life do people answer as their key has it, "
        "and how many of those that the profile does not tell?",
        method="2 points a cloze and a single choice; a multiple choice 2 for each key, less 2 for "
        "each other option, never below 0; in per cent of the points possible. 95% intervals "
        "resample questions within their kind and replicates; differences are paired by question "
        "and seed.",
        sample=f"{many} {'person' if many == 1 else 'people'} ({_some(whole.personas)}), "
        f"{whole.questions} questions, {counted(whole.replicates, 'replicate')}, on {whole.model}.",
        findings=tuple(_findings(whole)),
        warnings=tuple(_warnings(whole)),
        tables=tuple(_tables(whole, results)),
        drawings=_drawings(whole),
        limits=_LIMITS,
        sources=_SOURCES,
        runs=whole.runs,
        calls=sum(one.calls for one in whole.methods),
        cost=sum(one.cost for one in whole.methods),
    )


def _findings(whole: SelfReportResult) -> Iterator[str]:
    for one in whole.methods:
        against, story = _against(one, whole), _on_story(one.story)
        yield f"{one.method}: {_points(_whole(one))} of 100, {against}{story}."
    yield (
        f"Guessing earns {whole.chance:.0f}, the profile alone {whole.profile_ceiling:.0f} "
        f"({whole.profile_ceiling_with_guessing:.0f} with guesses at the rest)."
    )
    for difference in whole.differences:
        apart = difference.score
        if apart.interval and not apart.covers(0):
            yield (
                f"{difference.method} scores {_points(apart, '+')} against {difference.than}, on "
                f"questions that need the story {_points(difference.story, '+')}."
            )
    unclear = [f"{one.method} and {one.than}" for one in whole.differences if one.score.covers(0)]
    if unclear:
        yield f"Not told apart by these questions: {'; '.join(unclear)}."


def _against(one: MethodScore, whole: SelfReportResult) -> str:
    """Where a score lies between the levels, as far as its interval tells."""
    if one.interval.low <= whole.chance:
        return "not told from guessing"
    if one.interval.low > whole.profile_ceiling_with_guessing:
        return "more than the profile gives"
    return "better than guessing, no more than the profile can give"


def _on_story(story: PartScore) -> str:
    if story.score.value is None or story.chance is None:
        return "; no question needs the story"
    return f"; on questions that need the story {_points(story.score)}, chance {story.chance:.0f}"


def _points(one: Estimate, sign: str = "") -> str:
    """Points of 100 with their interval, rounded."""
    if one.value is None:
        return "–"
    ends = [f"{end + 0.0:{sign}.0f}" for end in one.ends or ()]
    interval = f" ({' to '.join(ends)})" if ends else ""
    return f"{one.value + 0.0:{sign}.0f}{interval}".replace("-", "−")


def _warnings(whole: SelfReportResult) -> Iterator[str]:
    failed = sum(one.missing.get(MissingCode.TECHNICAL, 0) for one in whole.methods)
    if failed:
        yield (
            f"{failed} questions got no answer because the model failed; they count as wrong, so "
            "these scores say nothing about the people."
        )
    if whole.repeats_alike:
        yield (
            "Every replicate earned the same, so the intervals hold nothing of chance in "
            "answering: ask at a temperature above 0."
        )
    without = sum(one.basis is None for one in whole.methods[0].answers[0])
    if without:
        yield (
            f"{without} questions do not say whether the profile tells their answer: they count in "
            "neither part, and not towards what the profile gives."
        )


def _tables(whole: SelfReportResult, results: Sequence[SelfReportResult]) -> Iterator[Table]:
    yield Table(
        name="scores",
        title="Scores by method, 0 to 100",
        columns=("method", "score", "needs the story", "told by the profile", "chance",
                 "profile alone", "with guesses", "missing", "calls", "tokens", "US dollars"),
        rows=tuple(
            (one.method, _whole(one), one.story.score, one.profile.score, whole.chance,
             whole.profile_ceiling, whole.profile_ceiling_with_guessing,
             sum(one.missing.values()), one.calls, one.tokens, one.cost)
            for one in whole.methods
        ),
    )  # fmt: skip
    yield Table(
        name="parts",
        title="Parts of the score beside what guessing and the profile give",
        columns=("method", "part", "questions", "points", "of", "score", "chance",
                 "profile alone"),
        rows=tuple(
            (one.method, name, part.questions, part.points, part.maximum, part.score, part.chance,
             part.profile_ceiling)
            for one in whole.methods
            for name, part in _parts(one).items()
        ),
    )  # fmt: skip
    if whole.differences:
        yield Table(
            name="differences",
            title="Methods against each other, paired by question",
            columns=("method", "than", "difference", "where the story is needed"),
            rows=tuple((one.method, one.than, one.score, one.story) for one in whole.differences),
            note="Points of 100; an interval that holds 0 tells no difference.",
        )
    if len(results) > 1:
        yield Table(
            name="people",
            title="Scores by person",
            columns=("person", "questions", "chance", "profile alone",
                     *(one.method for one in whole.methods)),
            rows=tuple(
                (one.personas[0], one.questions, one.chance, one.profile_ceiling,
                 *(_whole(method) for method in one.methods))
                for one in results
            ),
        )  # fmt: skip
    yield Table(
        name="questions",
        title="Points by question, means over replicates",
        columns=("question", "kind", "basis", "of", "chance",
                 *(one.method for one in whole.methods)),
        rows=tuple(_question_rows(whole)),
        folded=True,
    )  # fmt: skip


def _parts(one: MethodScore) -> dict[str, PartScore]:
    parts: dict[str, PartScore] = {kind: one.kinds[kind] for kind in KINDS}
    parts |= {"profile": one.profile, "story": one.story}
    return {_PARTS[name]: part for name, part in parts.items() if part.questions}


def _question_rows(whole: SelfReportResult) -> Iterator[tuple[Cell, ...]]:
    for at, asked in enumerate(whole.methods[0].answers[0]):
        points = [
            sum(replicate[at].points for replicate in one.answers) / len(one.answers)
            for one in whole.methods
        ]
        yield (asked.question_id, asked.kind, asked.basis or "", asked.maximum, asked.chance,
               *points)  # fmt: skip


def _whole(one: MethodScore) -> Estimate:
    return Estimate(value=one.score, interval=one.interval, n=len(one.answers[0]))


def _drawings(whole: SelfReportResult) -> tuple[Drawing, ...]:
    rows = [
        DotRow(one.method, (_dot(_whole(one)), _dot(one.story.score)), f"{one.score:.0f}")
        for one in whole.methods
    ]
    levels = {"chance": whole.chance, "profile": whole.profile_ceiling}
    label = "Self report by method"
    svg = dot_panel(
        rows,
        ("all questions", "questions that need the story"),
        unit="score, 0 to 100",
        key="self-report",
        label=label,
        bounds=(0.0, 100.0),
        lines=levels,
    )
    base = (
        f"{whole.questions} questions, {counted(whole.replicates, 'replicate')}; 95% intervals "
        "over questions "
        "and replicates; dashed: what guessing and the profile alone earn on all questions."
    )
    return (Drawing(name="scores", title=label, base=base, svg=svg),)


def _dot(one: Estimate) -> Dot | None:
    return None if one.value is None else Dot(one.value, one.ends)


def _some(names: Sequence[str], most: int = 6) -> str:
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest
