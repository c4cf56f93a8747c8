"""What a report tells of a study: the numbers and texts, taken from its cells."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from evaluation.traits import ScaleScore, assigned_levels, score_big_five
from simulacra.domain.answer import Answer, Missing, Response
from simulacra.domain.base import Frozen
from simulacra.domain.emotion import EmotionalState
from simulacra.domain.persona import Persona
from simulacra.domain.run import Cell, Interview, RunSpec, seconds_by_stage
from simulacra.domain.survey import Instrument, Item, Kind, Option, Question
from simulacra.export.study import SIMULATED, RunData
from simulacra.seeds import seed_of

STAGES = ("memory", "emotion", "planning", "top")
EXAMPLES = 3
_FACTS: dict[str, Callable[[Persona], str]] = {
    "age": lambda one: str(one.profile.age),
    "name": lambda one: one.name,
    "gender": lambda one: one.profile.gender,
    "work": lambda one: one.profile.occupation,
    "occupation": lambda one: one.profile.occupation,
    "education": lambda one: one.profile.education,
    "family": lambda one: one.profile.family,
    "home": lambda one: one.profile.place,
    "place": lambda one: one.profile.place,
    "birthplace": lambda one: one.profile.attributes.get("birthplace", ""),
    "birthday": lambda one: str(one.profile.date_of_birth or ""),
    "date_of_birth": lambda one: str(one.profile.date_of_birth or ""),
}
"""What the profile holds on an item that asks for a fact of the person's life, by item id."""


class Bar(Frozen):
    """How often each option was chosen, in option order, over the items that ``name`` names."""

    name: str
    counts: tuple[int, ...]


class Portrait(Frozen):
    """What one respondent's answers amount to.

    ``assigned`` are levels 1 to 5 by scale. ``valence`` (-1 to 1) and ``arousal`` (0 to 1) have one
    place for each cell in the order asked, None where there is no state. ``seconds`` sums recalling
    (``memory``) and the latency of model calls by stage, None for a stage that nobody came to.
    """

    interview: str
    persona: str
    version: int
    replicate: int
    name: str
    gender: str
    age: int
    cells: int
    missing: int
    scales: tuple[ScaleScore, ...]
    assigned: dict[str, float]
    bars: tuple[Bar, ...]
    valence: tuple[float | None, ...]
    arousal: tuple[float | None, ...]
    seconds: dict[str, float | None]


class Told(Frozen):
    """One respondent's words on an open item, beside the ``fact`` of the profile ("" if none)."""

    name: str
    answer: str
    missing: str = ""
    fact: str = ""


class OpenItem(Frozen):
    """An open item with what every respondent said."""

    item_id: str
    text: str
    answers: tuple[Told, ...]


class Gap(Frozen):
    """A missing answer: why, in words, and the raw text of what came back."""

    name: str
    item_id: str
    text: str
    code: int
    reason: str
    detail: str
    raw: str


class CameToMind(Frozen):
    """A recalled memory, or something known of oneself, with its score."""

    text: str
    when: str
    origin: str
    score: float


class Example(Frozen):
    """The making of one answer. ``options`` are (code, label, probability or None, chosen)."""

    name: str
    item_id: str
    text: str
    memories: tuple[CameToMind, ...]
    emotion: EmotionalState | None
    plan: str
    options: tuple[tuple[str, str, float | None, bool], ...]
    answer: str
    asked_again: bool


class Report(Frozen):
    """Everything that the page shows; ``report.json`` is this value."""

    simulated: bool = True
    note: str = SIMULATED
    run_id: str
    study: dict[str, Any]
    options: tuple[Option, ...]
    respondents: tuple[Portrait, ...]
    open_items: tuple[OpenItem, ...]
    gaps: tuple[Gap, ...]
    examples: tuple[Example, ...]


class _Sitting(Frozen):
    """One respondent with the latest attempt of each cell, in the order asked."""

    interview: Interview
    persona: Persona
    name: str
    cells: tuple[Cell, ...]

    @property
    def responses(self) -> dict[str, Response]:
        return {cell.item_id: cell.response for cell in self.cells}


def build_report(run: RunData, personas: Sequence[Persona]) -> Report:
    """The numbers and texts of the report, from the latest attempt of every cell.

    ``personas`` are those of the run, in the versions that were asked.

    Raises:
        KeyError: a persona of the run is not among ``personas``.
        InputError: an item of a Big Five scale has other codes than 1 to 5.
    """
    spec = run.spec
    sittings = _sittings(run, personas)
    rated = _rating_items(spec.instrument)
    return Report(
        run_id=run.run_id,
        study=_study(run, sittings),
        options=rated[0].options if rated else (),
        respondents=tuple(_portrait(one, spec.instrument, rated) for one in sittings),
        open_items=tuple(_open_items(spec.instrument, sittings)),
        gaps=tuple(_gaps(sittings)),
        examples=tuple(_examples(spec, sittings)),
    )


def _sittings(run: RunData, personas: Sequence[Persona]) -> list[_Sitting]:
    people = {(one.id, one.version): one for one in personas}
    interviews: dict[str, Interview] = {}
    latest: dict[str, dict[str, Cell]] = {}
    for interview, cell in run.records():
        interviews[interview.id] = interview
        latest.setdefault(interview.id, {})[cell.item_id] = cell
    several = run.spec.replicates > 1
    sittings = []
    for interview in sorted(interviews.values(), key=lambda one: one.position):
        persona = people[interview.persona.id, interview.persona.version]
        cells = sorted(latest[interview.id].values(), key=lambda cell: cell.position)
        name = f"{persona.name}, interview {interview.replicate}" if several else persona.name
        sittings.append(
            _Sitting(interview=interview, persona=persona, name=name, cells=tuple(cells))
        )
    return sittings


def _study(run: RunData, sittings: Sequence[_Sitting]) -> dict[str, Any]:
    """The lines on question, method, sample and model."""
    spec, summary = run.spec, run.summary
    cells = [cell for one in sittings for cell in one.cells]
    calls = [call for cell in cells for call in cell.calls]
    return {
        "title": spec.instrument.title or spec.name,
        "name": spec.name,
        "instructions": spec.instrument.instructions,
        "source": spec.instrument.source,
        "notice": spec.instrument.notice,
        "items": len(spec.instrument.items),
        "method": spec.method,
        "model": spec.model,
        "model_names": sorted({call.model for call in calls if call.model}),
        "fingerprints": sorted({call.fingerprint for call in calls if call.fingerprint}),
        "weighed": any(cell.reply and cell.reply.probabilities for cell in cells),
        "temperatures": sorted({cell.temperature for cell in cells}),
        "seed": spec.seed,
        "replicates": spec.replicates,
        "created": summary.created.isoformat(timespec="minutes"),
        "status": str(summary.status),
        "cells": summary.cells,
        "stored": len(cells),
        "missing": sum(_missing(one) for one in sittings),
        "calls": len(calls),
        "tokens_in": sum(call.usage.tokens_in for call in calls),
        "tokens_out": sum(call.usage.tokens_out for call in calls),
        "cost": round(sum(call.cost for call in calls), 6),
    }


def _portrait(sitting: _Sitting, instrument: Instrument, rated: Sequence[Item]) -> Portrait:
    persona, responses = sitting.persona, sitting.responses
    feelings = [cell.reply.emotion if cell.reply else None for cell in sitting.cells]
    return Portrait(
        interview=sitting.interview.id,
        persona=persona.id,
        version=persona.version,
        replicate=sitting.interview.replicate,
        name=sitting.name,
        gender=persona.profile.gender,
        age=persona.profile.age,
        cells=len(sitting.cells),
        missing=_missing(sitting),
        scales=score_big_five(instrument.items, responses),
        assigned=assigned_levels(persona),
        bars=_bars(rated, responses),
        valence=tuple(one.valence if one else None for one in feelings),
        arousal=tuple(one.arousal if one else None for one in feelings),
        seconds=_seconds(sitting.cells),
    )


def _missing(sitting: _Sitting) -> int:
    return sum(isinstance(cell.response, Missing) for cell in sitting.cells)


def _seconds(cells: Iterable[Cell]) -> dict[str, float | None]:
    """Seconds summed by stage, in the order of the mechanism, other callers after it."""
    sums = seconds_by_stage(cells)
    others = sorted(set(sums) - set(STAGES))
    return {stage: round(sums[stage], 3) if stage in sums else None for stage in (*STAGES, *others)}


def _rating_items(instrument: Instrument) -> list[Item]:
    """The rating items that share the commonest set of options; of equals the first."""
    groups: dict[tuple[Option, ...], list[Item]] = {}
    for item in instrument.items:
        if item.kind is Kind.RATING:
            groups.setdefault(item.options, []).append(item)
    return max(groups.values(), key=len, default=[])


def _bars(rated: Sequence[Item], responses: Mapping[str, Response]) -> tuple[Bar, ...]:
    """All rating items together and, where some are reversed, by the direction of their wording."""
    groups = [("All ratings", rated)] if rated else []
    if any(item.reverse for item in rated):
        groups += [
            ("Worded for the trait", [item for item in rated if not item.reverse]),
            ("Worded against it", [item for item in rated if item.reverse]),
        ]
    return tuple(Bar(name=name, counts=_counts(items, responses)) for name, items in groups)


def _counts(items: Sequence[Item], responses: Mapping[str, Response]) -> tuple[int, ...]:
    given = [responses.get(item.id) for item in items]
    chosen = [code for one in given if isinstance(one, Answer) for code in one.codes]
    return tuple(chosen.count(option.code) for option in items[0].options) if items else ()


def _open_items(instrument: Instrument, sittings: Sequence[_Sitting]) -> Iterator[OpenItem]:
    for item in instrument.items:
        if item.kind.closed:
            continue
        yield OpenItem(
            item_id=item.id,
            text=item.text,
            answers=tuple(
                _told(item, one, one.responses[item.id])
                for one in sittings
                if item.id in one.responses
            ),
        )


def _told(item: Item, sitting: _Sitting, response: Response) -> Told:
    truth = _FACTS.get(item.id)
    fact = truth(sitting.persona) if truth else ""
    if isinstance(response, Missing):
        return Told(name=sitting.name, answer="", missing=response.code.label, fact=fact)
    return Told(name=sitting.name, answer=_words(response, ()), fact=fact)


def _words(answer: Answer, options: Sequence[Option]) -> str:
    if answer.text is not None:
        return answer.text
    if answer.number is not None:
        return f"{answer.number:.10g}"
    return "; ".join(option.label for option in options if option.code in answer.codes)


def _gaps(sittings: Sequence[_Sitting]) -> Iterator[Gap]:
    for one in sittings:
        for cell in one.cells:
            if isinstance(cell.response, Missing):
                yield Gap(
                    name=one.name,
                    item_id=cell.item_id,
                    text=cell.question.text,
                    code=int(cell.response.code),
                    reason=cell.response.code.label,
                    detail=cell.response.detail,
                    raw=cell.reply.text if cell.reply else "",
                )


def _examples(spec: RunSpec, sittings: Sequence[_Sitting]) -> Iterator[Example]:
    """Answered closed items drawn by the run's seed, one respondent after the other."""
    tellable = [(one, [cell for cell in one.cells if _tellable(cell)]) for one in sittings]
    left = [(one, cells) for one, cells in tellable if cells]
    for number in range(EXAMPLES if left else 0):
        sitting, cells = left[number % len(left)]
        if cells:
            yield _example(sitting, cells.pop(seed_of(spec.seed, "example", number) % len(cells)))


def _tellable(cell: Cell) -> bool:
    answered = isinstance(cell.response, Answer) and cell.reply is not None
    return answered and cell.question.kind.closed


def _example(sitting: _Sitting, cell: Cell) -> Example:
    reply, response = cell.replies[-1], cell.response
    assert isinstance(response, Answer)
    return Example(
        name=sitting.name,
        item_id=cell.item_id,
        text=cell.question.text,
        memories=tuple(
            CameToMind(
                text=one.memory.content,
                when=one.memory.when or "",
                origin=one.memory.origin,
                score=round(one.score, 4),
            )
            for one in reply.recalled
        ),
        emotion=reply.emotion,
        plan="" if reply.plan is None else str(reply.plan),
        options=_weighed(cell.question, response, reply.probabilities or {}),
        answer=_words(response, cell.question.options),
        asked_again=len(cell.replies) > 1,
    )


def _weighed(
    question: Question, answer: Answer, probabilities: Mapping[str, float]
) -> tuple[tuple[str, str, float | None, bool], ...]:
    """Options in the order shown, with what the model made of each."""
    return tuple(
        (option.code, option.label, probabilities.get(option.code), option.code in answer.codes)
        for option in question.options
    )
