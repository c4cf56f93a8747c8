"""An experiment as a section of a report: the effect beside that of people, and how far it goes."""

import re

from evaluation.experiments.drawings import drawings_of
from evaluation.experiments.experiment import Human
from evaluation.experiments.parts import in_words
from evaluation.experiments.result import ExperimentResult, Named, OfItem
from evaluation.intervals import FEWEST, Interval
from evaluation.sections import Cell, Estimate, Section, Table, counted

_CONTAMINATION = (
    "Language models have read about the classic experiments. One that knows what is expected may "
    "act it out, or avoid it. Texts of our own make that less likely and do not rule it out."
)
_UNIT = (
    "Intervals are over the people asked: replicates of a person are averaged, not counted as "
    "people. They say nothing of other models, texts or people."
)
_MANY_MISSING = 0.1


def section_of(result: ExperimentResult) -> Section:
    """The section; equal results give equal ones."""
    found = result.analysed
    sources = [*found.sources, *(one.source for one in result.human), *result.sources]
    return Section(
        name=result.name,
        title=result.title,
        question=result.question,
        method=f"{found.method} {_design(result)}".strip(),
        sample=_sample(result),
        findings=(*found.findings, *_beside(result)),
        warnings=tuple(_warnings(result)),
        tables=tuple(_tables(result)),
        drawings=drawings_of(result),
        limits=(*result.limits, _UNIT, _CONTAMINATION),
        sources=tuple(dict.fromkeys(sources)),
        runs=result.runs,
        calls=result.calls,
        cost=result.cost,
    )


def of_people(one: Human) -> Estimate:
    """A human effect as an estimate."""
    ends = None
    if one.low is not None and one.high is not None:
        ends = Interval(low=one.low, high=one.high, level=one.level)
    return Estimate(value=one.value, interval=ends, n=one.n)


def _design(result: ExperimentResult) -> str:
    if not result.conditions:
        return ""
    names = " and ".join(result.conditions)
    if result.within:
        return f"Everybody was asked under {names}, in interviews that know nothing of each other."
    return f"Each person was asked under one of {names}, drawn at random."


def _sample(result: ExperimentResult) -> str:
    people = ", ".join(f"{many} in {name}" for name, many in result.conditions.items())
    groups = f" ({people})" if people and not result.within else ""
    times = f", {result.replicates} times each" if result.replicates > 1 else ""
    lost = sum(result.missing.values())
    return (
        f"{counted(result.people, 'simulated person', 'simulated people')}{groups}{times}, "
        f"{result.stimuli} stimuli; "
        f"{result.method} on {result.model}, temperature {result.temperature:g}, seed "
        f"{result.seed}; {lost} answers missing."
    )


def _beside(result: ExperimentResult) -> list[str]:
    """What people do in the main estimates, and whether the intervals meet."""
    if result.analysed.unreadable:
        return []
    told: list[str] = []
    main = next((one for one in result.analysed.estimates if _humans(result, one.name)), None)
    if result.analysis == "conformity":
        main = next(one for one in result.analysed.estimates if one.name == "yield_rate")
    for human in _humans(result, main.name) if main else []:
        theirs = of_people(human)
        meets = _meets(main.estimate, theirs) if main else ""
        many = f", n = {human.n:,}" if human.n else ""
        number = human.words or in_words(theirs, main.unit if main else "")
        told.append(f"People: {number} ({human.who}{many}).{meets}")
    return told


def _meets(ours: Estimate, theirs: Estimate) -> str:
    if ours.ends is None or theirs.value is None or ours.ends[0] == ours.ends[1]:
        return ""  # everybody did the same: an interval without width tells nothing of chance
    low, high = theirs.ends or (theirs.value, theirs.value)
    apart = ours.ends[1] < low or ours.ends[0] > high
    return " The simulated interval lies apart from it." if apart else " The intervals meet."


def _warnings(result: ExperimentResult) -> list[str]:
    told = [result.analysed.unreadable] if result.analysed.unreadable else []
    fewest = min(result.conditions.values(), default=result.people)
    if fewest < FEWEST:
        told.append(
            f"A condition has only {fewest} {'person' if fewest == 1 else 'people'}, so there is "
            "no interval and nothing can be told from chance."
        )
    main = result.analysed.estimates[0]
    if main.unit != "share" and main.estimate.ends and len(set(main.estimate.ends)) == 1:
        told.append(
            f"All people moved alike, so the interval of the {main.label} has no width. That is "
            "not certainty: answers without chance in them show none."
        )
    answers = max(1, result.people * result.stimuli * result.replicates)
    answers *= max(1, len(result.conditions)) if result.within else 1
    lost = sum(result.missing.values())
    if lost > _MANY_MISSING * answers:
        told.append(
            f"{lost} of {answers} answers are missing; those who did not answer may differ."
        )
    if result.method == "simulated respondents":
        told.append("A statistical model answered, not a language model: this checks the analysis.")
    return [*told, *result.analysed.notes]


def _humans(result: ExperimentResult, name: str) -> list[Human]:
    return [one for one in result.human if one.estimate == name]


def _tables(result: ExperimentResult) -> list[Table]:
    found = result.analysed
    tables = [_effects(result)]
    if found.groups:
        tables.append(_parts("by_size", "By size of the error", "error", found.groups, result))
    if found.items:
        title = "Critical comparisons" if result.analysis == "conformity" else "Items"
        tables.append(_parts("items", title, "item", found.items, result))
        tables.append(_wordings(found.items))
    if result.human:
        rows = tuple((one.who, one.estimate, one.n, one.source, one.note) for one in result.human)
        tables.append(
            Table(
                name="people",
                title="Where the effects of people come from",
                columns=("study", "estimate", "n", "source", "note"),
                rows=rows,
                folded=True,
            )
        )
    return tables


def _effects(result: ExperimentResult) -> Table:
    """A row for each estimate, and a further one for each further study of people."""
    tested = any(one.p is not None for one in result.analysed.estimates)
    rows: list[tuple[Cell, ...]] = []
    for one in result.analysed.estimates:
        ours = (one.label, _ours(one), *((one.p,) if tested else ()))
        humans = _humans(result, one.name)
        for at, human in enumerate(humans or [None]):
            lead = ours if at == 0 else ("", None, *((None,) if tested else ()))
            theirs: Cell = None if human is None else human.words or of_people(human)
            rows.append((*lead, theirs, human.who if human else "", human.n if human else None))
    return Table(
        name="effects",
        title="Simulated people beside people",
        columns=("estimate", "simulated", *(("p",) if tested else ()), "people", "study", "n"),
        rows=tuple(rows),
        note="In brackets 95% intervals; those of people as the studies give them.",
    )


def _ours(one: Named) -> Cell:
    return one.estimate if one.estimate.value is not None else f"undefined: {one.estimate.why}"


def _parts(
    name: str, title: str, what: str, parts: tuple[OfItem, ...], result: ExperimentResult
) -> Table:
    sized = what == "item" and any(one.group for one in parts)
    return Table(
        name=name,
        title=title,
        columns=(what, *(("error",) if sized else ()), *result.analysed.columns),
        rows=tuple(
            (
                named(one),
                *((one.group,) if sized else ()),
                one.first,
                one.second,
                one.effect,
            )
            for one in parts
        ),
        note="In brackets 95% intervals over people.",
    )


def named(one: OfItem) -> str:
    """An item in a few words: what it compares, where it says so, else its id."""
    return f"{one.id}: {one.text}" if one.text else one.id


def _wordings(items: tuple[OfItem, ...]) -> Table:
    """The items as they are worded, a dash where conditions differ."""
    return Table(
        name="wordings",
        title="Wording of the items",
        columns=("item", "wording"),
        rows=tuple((one.id, re.sub(r"\$\{[^}]*\}", "—", one.wording)) for one in items),
        folded=True,
    )
