"""The door: a run, a file of humans and a mapping become a result."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation.fidelity.correlations import correlations
from evaluation.fidelity.groups import LEAST, group_fidelity
from evaluation.fidelity.humans import HumanFile, read_humans
from evaluation.fidelity.items import compared, item_fidelity, mean_distance
from evaluation.fidelity.mapping import Columns, FidelityMapping, read_fidelity_mapping
from evaluation.fidelity.people import Pairs, overall_accuracy
from evaluation.fidelity.resampling import floors
from evaluation.fidelity.result import FidelityResult, GroupFidelity, ItemFidelity
from evaluation.fidelity.sides import Scale, Side, Told, banded, bands, number_code, scale_of
from evaluation.fidelity.simulated import Answers, answers_of, attribute_of
from simulacra.domain.survey import Item
from simulacra.errors import InputError
from simulacra.seeds import seed_of
from simulacra.workspace import Workspace

_AGAINST = -0.2
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Comparison:
    """Both sides of a comparison, and the scales that they share."""

    humans: Side
    simulated: Side
    again: Mapping[str, Sequence[Told]]
    scales: tuple[Scale, ...]


def measure_fidelity(
    workspace: Workspace,
    run_id: str,
    humans: Path,
    mapping: Path,
    *,
    by: Sequence[str] = (),
    least: int = LEAST,
    seed: int = 0,
    tell: Tell = lambda _: None,
) -> FidelityResult:
    """Hold the answers of a run against those of humans; nobody is asked.

    ``by`` chooses among the variables of the mapping, all without it.

    Raises:
        UnknownName: there is no such run.
        InputError: the files cannot be read or do not fit the run.
    """
    told = read_fidelity_mapping(mapping)
    if unknown := [name for name in by if name not in told.by]:
        known = ", ".join(told.by) or "none"
        raise InputError(f"the mapping has no group variable {unknown[0]}: it has {known}",
                         path=mapping, field="by")  # fmt: skip
    kept = {name: one for name, one in told.by.items() if not by or name in by}
    told = told.model_copy(update={"by": kept})
    file = read_humans(humans, told)
    answers = answers_of(workspace, run_id)
    found = fidelity_of(_sides(file, answers, mapping), told, least=least, seed=seed, tell=tell)
    return found.model_copy(
        update={
            **answers.facts,
            "human_file": humans.name,
            "warnings": (*answers.warnings, *found.warnings),
        }
    )


def fidelity_of(
    comparison: Comparison,
    mapping: FidelityMapping,
    *,
    least: int = LEAST,
    seed: int = 0,
    tell: Tell = lambda _: None,
) -> FidelityResult:
    """The result, but for the facts of the run."""
    humans, simulated = comparison.humans, comparison.simulated
    tell(f"{len(comparison.scales)} items: distances")
    both = compared(humans, simulated, comparison.scales, seed=seed)
    floor = floors(humans, simulated, comparison.scales, seed=seed_of(seed, "floors"))
    totals = (len(humans.ids), len(simulated.ids))
    pairs = Pairs.of(humans, simulated, comparison.again, seed=seed)
    accurate = {
        scale.item: one
        for scale in comparison.scales
        if pairs is not None and (one := pairs.item(scale)) is not None
    }
    items = [
        item_fidelity(
            one, floor.get(item), column=mapping.items[item].column, totals=totals
        ).model_copy(update={"accuracy": accurate[item][0] if item in accurate else None})
        for item, one in both.items()
    ]
    tell("correlations")
    together = correlations(humans, simulated, comparison.again, both, seed=seed)
    groups: list[GroupFidelity] = []
    for variable, columns in mapping.by.items():
        tell(f"groups by {variable}")
        groups += group_fidelity(
            humans, simulated, comparison.scales, variable,
            order=bands(columns.cut), least=least, seed=seed,
        )  # fmt: skip
    return FidelityResult(
        run="",
        study="",
        title="",
        model="",
        method="",
        people=len(simulated.ids),
        replicates=1,
        humans=len(humans.ids),
        human_file="",
        weighted=mapping.weight is not None,
        seed=seed,
        least=least,
        moved=mean_distance(both, floor, lambda one: one.moved),
        jensen_shannon=mean_distance(both, floor, lambda one: one.divergent),
        total_variation=mean_distance(both, floor, lambda one: one.varied),
        items=tuple(items),
        correlations=together,
        accuracy=overall_accuracy(list(accurate.values())),
        unmatched=len(simulated.ids) - (sum(len(o) for _, o in pairs.places) if pairs else 0),
        groups=tuple(groups),
        warnings=_turned(items),
    )


def _sides(file: HumanFile, answers: Answers, path: Path) -> Comparison:
    """Both sides, with the same codes.

    Raises:
        InputError: the mapping names an item that the run does not have, or codes do not fit.
    """
    mapping = file.mapping
    named = [*mapping.items, *(one.item for one in mapping.by.values() if one.item)]
    if absent := [name for name in named if name not in answers.items]:
        some = ", ".join(list(answers.items)[:12])
        raise InputError(f"the run has no item {absent[0]}: its items are {some}", path=path,
                         field="items")  # fmt: skip
    human: dict[str, Sequence[Told]] = {}
    again: dict[str, Sequence[Told]] = {}
    scales = []
    for name, told in mapping.items.items():
        item = answers.items[name]
        human[name] = [(one,) for one in _codes(file, told.column, told, item)]
        if told.retest is not None:
            again[name] = [(one,) for one in _codes(file, told.retest, told, item)]
        seen = [
            code
            for some in (human[name], again.get(name, ()), answers.told[name])
            for one in some
            for code in one
            if code is not None
        ]
        scales.append(scale_of(item, ordered=told.ordered, seen=seen))
    ids = file.ids
    groups = _human_groups(file, answers)
    return Comparison(
        Side(ids, file.weights, human, groups, ids if mapping.id else [None] * len(ids)),
        Side(answers.ids, answers.weights, {one: answers.told[one] for one in mapping.items},
             _simulated_groups(mapping, answers), answers.rows if mapping.id else
             [None] * len(answers.ids)),
        again,
        tuple(scales),
    )  # fmt: skip


def _codes(file: HumanFile, column: str, told: Columns, item: Item) -> list[str | None]:
    """A human column as codes of an item; what the item's options call missing is missing."""
    if item.kind.numeric:
        found = file.values(column, told, None, item.id)
        return [None if one is None else number_code(float(one)) for one in found]
    missing = {option.code for option in item.options if option.missing is not None}
    codes = file.values(column, told, [option.code for option in item.options], item.id)
    return [None if one in missing else one for one in codes]


def _human_groups(file: HumanFile, answers: Answers) -> dict[str, Sequence[str | None]]:
    found: dict[str, Sequence[str | None]] = {}
    for name, told in file.mapping.by.items():
        if told.item:
            values: Sequence[str | None] = _codes(file, told.column, told, answers.items[told.item])
        else:
            missing = {*file.mapping.missing, *told.missing}
            seen = {one for one in file.columns[told.column] if one not in missing}
            known = sorted({*seen, *told.recode.values()})
            values = file.values(told.column, told, known, name)
        found[name] = [banded(one, told.cut) for one in values]
    return found


def _simulated_groups(
    mapping: FidelityMapping, answers: Answers
) -> dict[str, Sequence[str | None]]:
    """Groups of simulated people: by an attribute, or by the one answer they always gave."""
    found: dict[str, Sequence[str | None]] = {}
    for name, told in mapping.by.items():
        if told.item:
            values = [_only(one) for one in answers.told[told.item]]
        else:
            values = [attribute_of(one, told.attribute or name) for one in answers.people]
            if not any(values):
                raise InputError(
                    f"no simulated person has the attribute {told.attribute or name}: name another "
                    "with `attribute`, or an item with `item`"
                )
        found[name] = [banded(one, told.cut) for one in values]
    return found


def _only(told: Told) -> str | None:
    given = {code for code in told if code is not None}
    return given.pop() if len(given) == 1 else None


def _turned(items: Sequence[ItemFidelity]) -> tuple[str, ...]:
    """Items whose answers run against the humans' own, as codes the other way round would.

    Chance makes small negative correlations, so these are left alone.
    """
    found = [
        one.id
        for one in items
        if one.accuracy
        and one.accuracy.correlation.interval
        and one.accuracy.correlation.interval.high < 0
        and (one.accuracy.correlation.value or 0.0) <= _AGAINST
    ]
    if not found:
        return ()
    return (
        f"Answers run against those of the same humans on {', '.join(found)}: see whether codes go "
        "the other way round on one side.",
    )
