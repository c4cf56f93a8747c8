"""Reads runs and sets them side by side."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import NamedTuple

from evaluation.answers import is_amount, is_compared, scales_of
from evaluation.comparison.measures import Pairs, steady
from evaluation.comparison.result import Beside, Comparison, RunFacts
from evaluation.intervals import FEWEST
from simulacra.domain.answer import Missing, MissingCode, Response
from simulacra.domain.call import Usage
from simulacra.domain.run import RunSpec
from simulacra.domain.survey import Item
from simulacra.errors import InputError
from simulacra.seeds import seed_of
from simulacra.workspace import Workspace

Key = tuple[str, str, int]
"""Person, condition, replicate."""
INTERVIEWS_NOTE = (
    "Fewer than three people are in all the runs, so intervals are over interviews: they tell "
    "nothing about other people."
)
FEW_NOTE = (
    "Fewer than three interviews: there are no intervals, so nothing can be told from chance."
)
SEVERAL_NOTE = "The runs differ in more than one thing ({what}), so no difference has one cause."


class _Run(NamedTuple):
    """A run as read: its plan, and the latest responses of each interview."""

    id: str
    spec: RunSpec
    label: str
    told: dict[Key, dict[str, Response]]
    calls: int
    usage: Usage
    seconds: float
    cost: float


def compare_runs(workspace: Workspace, ids: Sequence[str], *, seed: int = 0) -> Comparison:
    """Set runs side by side, the first as what the others are held against.

    Raises:
        UnknownName: there is no such run.
        InputError: fewer than two runs or one twice; no item, or no interview, is in all of them.
    """
    if len(ids) < 2 or len(set(ids)) < len(ids):
        raise InputError("name two runs or more, each once; `simulacra runs list` shows them")
    specs = [workspace.runs.spec(one) for one in ids]
    labels = _labels(specs, ids)
    runs = [
        _read(workspace, one, spec, label)
        for one, spec, label in zip(ids, specs, labels, strict=True)
    ]
    items, left_out = _shared_items(specs)
    if not items:
        raise InputError("these runs have no item in common whose answers can be compared")
    shared = set.intersection(*(set(one.told) for one in runs))
    if not shared:
        raise InputError(
            "these runs share no interview: none has the same person, condition and replicate"
        )
    people = {person for person, _, _ in shared}
    by_people = len(people) >= FEWEST
    return Comparison(
        runs=tuple(_facts(one, items, seed) for one in runs),
        unit="people" if by_people else "interviews",
        people=len(people),
        seed=seed,
        beside=tuple(_beside(runs[0], one, shared, items, by_people, seed) for one in runs[1:]),
        left_out=left_out,
        unpaired={one.id: len(set(one.told) - shared) for one in runs},
        notes=tuple(_notes(specs, by_people, len(shared))),
    )


def _labels(specs: Sequence[RunSpec], ids: Sequence[str]) -> list[str]:
    """What tells the runs apart: model, way, temperature, seed; the id where nothing does."""
    parts = [
        {
            "way": spec.way,
            "model": spec.model,
            "temperature": f"temperature {spec.temperature}",
            "elicit": f"asked by {spec.elicit.label}",
            "stage": str(spec.settings.get("stage", "")),
            "seed": f"seed {spec.seed}",
        }
        for spec in specs
    ]
    telling = [name for name in parts[0] if len({one[name] for one in parts}) > 1]
    labels = [", ".join(one[name] for name in telling if one[name]) for one in parts]
    unique = len(set(labels)) == len(labels) and all(labels)
    return (
        labels
        if unique
        else [f"{label} ({one})" if label else one for label, one in zip(labels, ids, strict=True)]
    )


def _read(workspace: Workspace, run_id: str, spec: RunSpec, label: str) -> _Run:
    told: dict[Key, dict[str, Response]] = {}
    calls, usage, seconds = 0, Usage(), 0.0
    for interview, cell in workspace.runs.records(run_id):
        key = (interview.persona.id, interview.condition, interview.replicate)
        told.setdefault(key, {})[cell.item_id] = cell.response
        for call in cell.calls:
            calls += call.attempts
            usage += call.usage
            seconds += call.latency
    if not told:
        raise InputError(f"run {run_id} has no answers yet")
    cost = workspace.runs.summary(run_id).cost
    return _Run(run_id, spec, label, told, calls, usage, seconds, cost)


def _shared_items(specs: Sequence[RunSpec]) -> tuple[list[Item], dict[str, str]]:
    """Items that are the same in all the runs; those left out, each with the reason."""
    every = [{item.id: item for item in spec.instrument.answerable} for spec in specs]
    kept: list[Item] = []
    left_out: dict[str, str] = {}
    for id_ in dict.fromkeys(one for some in every for one in some):
        found = [some.get(id_) for some in every]
        first = found[0]
        if first is None or any(one is None for one in found):
            left_out[id_] = "not in all the runs"
        elif not is_compared(first):
            left_out[id_] = "answers in words, dates and sums are not held against each other"
        elif any(_form(one) != _form(first) for one in found if one):
            left_out[id_] = "another kind, or other options, in another run"
        else:
            kept.append(first)
    return kept, left_out


def _form(item: Item) -> tuple[object, ...]:
    return item.kind, item.reverse, tuple(sorted(one.code for one in item.options))


def _beside(
    first: _Run,
    other: _Run,
    shared: set[Key],
    items: Sequence[Item],
    by_people: bool,
    seed: int,
) -> Beside:
    units: dict[Hashable, list[tuple[Mapping[str, Response], Mapping[str, Response]]]] = {}
    for key in sorted(shared):
        unit: Hashable = key[0] if by_people else key
        units.setdefault(unit, []).append((first.told[key], other.told[key]))
    pairs = Pairs(units, seed=seed_of(seed, first.id, other.id))
    same, distance = pairs.together(items)
    measured = scales_of(item for item in items if is_amount(item))
    return Beside(
        run=other.id,
        label=other.label,
        same=same,
        distance=distance,
        scales=tuple(pairs.scale(name, some) for name, some in measured.items()),
        items=tuple(pairs.item(item) for item in items),
    )


def _facts(run: _Run, items: Sequence[Item], seed: int) -> RunFacts:
    responses = [
        response
        for told in run.told.values()
        for response in told.values()
        if not (isinstance(response, Missing) and response.code is MissingCode.NOT_ASKED)
    ]
    missing: dict[int, int] = {}
    for response in responses:
        if isinstance(response, Missing):
            missing[int(response.code)] = missing.get(int(response.code), 0) + 1
    units: dict[Hashable, list[Mapping[str, Response]]] = {}
    for (person, condition, _), told in sorted(run.told.items()):
        units.setdefault((person, condition), []).append(told)
    many = max(1, len(responses))
    return RunFacts(
        run=run.id,
        label=run.label,
        name=run.spec.name,
        model=run.spec.model,
        way=run.spec.way,
        temperature=run.spec.temperature,
        seed=run.spec.seed,
        replicates=run.spec.replicates,
        people=len({person for person, _, _ in run.told}),
        answers=len(responses),
        missing=dict(sorted(missing.items())),
        calls=run.calls / many,
        new_tokens=(run.usage.tokens_in - run.usage.tokens_cached) / many,
        cached_tokens=run.usage.tokens_cached / many,
        tokens_out=run.usage.tokens_out / many,
        seconds=run.seconds / many,
        cost=run.cost,
        steady=steady(units, items, seed_of(seed, run.id)),
    )


def _notes(specs: Sequence[RunSpec], by_people: bool, interviews: int) -> Iterator[str]:
    if not by_people:
        yield INTERVIEWS_NOTE
    if interviews < FEWEST:
        yield FEW_NOTE
    varied: dict[str, set[Hashable]] = {
        "model": {spec.model for spec in specs},
        "method": {spec.way for spec in specs},
        "temperature": {spec.temperature for spec in specs},
        "way of asking": {spec.elicit.label for spec in specs},
        "wording or order of items": {spec.instrument.hash() for spec in specs},
        "people's versions": {tuple(sorted(map(str, spec.personas))) for spec in specs},
    }
    differing = [name for name, values in varied.items() if len(values) > 1]
    if len(differing) > 1:
        yield SEVERAL_NOTE.format(what=", ".join(differing))
