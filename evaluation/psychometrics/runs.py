"""The answers of a run as a sample, and everything that is measured of them."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from evaluation.answers import codes, number
from evaluation.psychometrics.distances import correlation_distance
from evaluation.psychometrics.factor import fit
from evaluation.psychometrics.humans import Humans, Matched, beside_run
from evaluation.psychometrics.reliability import Occasions, item_measures, scale_measures
from evaluation.psychometrics.response_styles import option_counts, response_styles
from evaluation.psychometrics.result import Beside, Measures, PsychometricsResult
from evaluation.psychometrics.sample import Sample, Scored
from simulacra.domain.answer import Answer, Missing, Response
from simulacra.domain.run import Cell, Interview, RunStatus
from simulacra.domain.survey import Item, Kind
from simulacra.errors import InputError
from simulacra.workspace import Workspace

NOT_YET = "Not answered yet"
Records = Iterable[tuple[Interview, Cell]]


def psychometrics_of(
    workspace: Workspace,
    run_id: str,
    references: Sequence[Path] = (),
    *,
    seed: int = 0,
    on_progress: Callable[[str], None] = lambda _: None,
) -> PsychometricsResult:
    """The measures of a run, finished or not, beside those of people in each reference.

    ``seed`` decides what the bootstrap draws; ``on_progress`` hears what is measured next.

    Raises:
        UnknownName: there is no such run.
        InputError: no item of it has ordered codes, nothing was answered yet, or a reference cannot
            be read or has no item in common.
    """
    summary = workspace.runs.summary(run_id)
    spec = workspace.runs.spec(run_id)
    items, left_out = scored_items(spec.instrument.answerable)
    if not items:
        raise InputError(
            f"no item of run {run_id} has answers in order: ratings with numbers as codes are "
            "needed, or single choices with numbers as codes that belong to a scale"
        )
    sample = sample_of(items, workspace.runs.records(run_id), replicates=spec.replicates)
    if not np.isfinite(sample.answers).any():
        raise InputError(f"run {run_id} has no answers yet that could be measured")
    matched = [(one, beside_run(sample, one)) for one in map(Humans.read, references)]
    on_progress(f"Measuring the run: {len(sample.people)} respondents, {len(items)} items")
    measures = measures_of(sample, seed=seed)
    beside = []
    for one, people in matched:
        on_progress(f"Measuring {one.name}: {len(people.sample.people)} people")
        beside.append(_beside(sample, one.name, people, seed))
    return PsychometricsResult(
        run=run_id,
        study=spec.name,
        instrument=spec.instrument.title or spec.instrument.id,
        model=spec.model,
        method=spec.way,
        status=summary.status,
        done=summary.done,
        cells=summary.cells,
        seed=seed,
        measures=measures,
        beside=tuple(beside),
        left_out=left_out,
        notes=tuple(_notes(sample, summary.status)),
        calls=summary.calls,
        cost=summary.cost,
    )


def measures_of(sample: Sample, *, seed: int) -> Measures:
    """All measures of one sample; factors are fitted on the first occasion, one answer a person."""
    scales = sample.scales()
    each = [Occasions(sample, name, places, seed=seed) for name, places in scales.items()]
    at = [place for places in scales.values() for place in places]
    columns = {place: column for column, place in enumerate(at)}
    return Measures(
        people=int(np.isfinite(sample.answers).any(axis=(0, 2)).sum()),
        occasions=sample.occasions,
        answers=int(np.isfinite(sample.answers).sum()),
        missing=dict(sample.missing),
        scales=tuple(scale_measures(one) for one in each),
        items=item_measures(sample, each, seed=seed),
        styles=response_styles(sample, seed=seed),
        options=option_counts(sample),
        fit=fit(
            sample.keyed(at)[0],
            {name: [columns[place] for place in places] for name, places in scales.items()},
        ),
    )


def scored_items(items: Iterable[Item]) -> tuple[list[Scored], dict[str, str]]:
    """The items whose answers have an order, and why others are left out."""
    kept: list[Scored] = []
    left_out: dict[str, str] = {}
    for item in items:
        found = _ordered_codes(item)
        if isinstance(found, str):
            left_out[item.id] = found
        else:
            kept.append(Scored(item.id, item.text, item.scale, item.reverse, found))
    return kept, left_out


def sample_of(items: Sequence[Scored], records: Records, *, replicates: int) -> Sample:
    """The answers to items; of a cell that was tried again the last attempt counts.

    A respondent is a person, in one condition where the study has several.
    """
    rows: dict[tuple[str, str], int] = {}
    places = {item.id: place for place, item in enumerate(items)}
    latest: dict[tuple[int, int, int], Cell] = {}
    for interview, cell in records:
        row = rows.setdefault((interview.persona.id, interview.condition), len(rows))
        if cell.item_id in places:
            latest[interview.replicate - 1, row, places[cell.item_id]] = cell
    answers = np.full((replicates, len(rows), len(items)), np.nan)
    sequence = np.full_like(answers, np.nan)
    missing: Counter[str] = Counter()
    for at, cell in latest.items():
        answers[at] = _value(items[at[2]], cell.response)
        if cell.sequence is not None:
            sequence[at] = cell.sequence
        if isinstance(cell.response, Missing):
            missing[cell.response.code.label] += 1
    if waiting := answers.size - len(latest):
        missing[NOT_YET] = waiting
    people = tuple(f"{id_}@{condition}" if condition else id_ for id_, condition in rows)
    return Sample(tuple(items), people, answers, sequence, dict(missing))


def _ordered_codes(item: Item) -> tuple[float, ...] | str:
    """The codes of an item in order, or why they have none."""
    if item.kind.numeric:
        if item.minimum is None or item.maximum is None or not item.minimum < item.maximum:
            return "it has no lowest and highest number"
        return (item.minimum, item.maximum)
    if item.kind not in (Kind.RATING, Kind.SINGLE) or (item.kind is Kind.SINGLE and not item.scale):
        return "its answers have no order: a rating has, and a single choice on a scale"
    values = [number(code) for code in codes(item)]
    known = sorted(value for value in values if value is not None)
    if len(known) < len(values) or len(known) < 2:
        return "its codes are no numbers"
    return tuple(known)


def _value(item: Scored, response: Response) -> float:
    if not isinstance(response, Answer):
        return float("nan")
    value = response.number
    if value is None and response.codes:
        value = number(response.codes[0])
    fits = value is not None and item.codes[0] <= value <= item.codes[-1]
    return value if value is not None and fits else float("nan")


def _beside(sample: Sample, name: str, people: Matched, seed: int) -> Beside:
    return Beside(
        name=name,
        basis=people.basis,
        measures=measures_of(people.sample, seed=seed),
        distance=correlation_distance(
            sample.only(people.shared), people.sample.only(people.same), seed=seed
        ),
    )


def _notes(sample: Sample, status: RunStatus) -> Iterable[str]:
    if status is not RunStatus.DONE:
        yield (
            f"The run is not done ({status}): these are the answers so far, and whoever answered "
            "first need not be like the rest."
        )
    apart = {one.partition("@")[0] for one in sample.people}
    if len(apart) < len(sample.people):
        yield (
            f"{len(sample.people)} respondents are {len(apart)} people in several conditions of "
            "the study, pooled here: intervals are too narrow."
        )
    elif any("@" in one for one in sample.people):
        yield "Respondents of several conditions of the study are pooled."
