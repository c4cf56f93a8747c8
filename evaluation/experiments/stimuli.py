"""Stimuli and conditions become an instrument and a design, which the engine runs as any other.

What differs between conditions is a field of the instrument, set by the condition and piped into
the items; so everybody answers the same items.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from evaluation.experiments.experiment import Experiment, ProportionDifference, Stimulus
from simulacra.domain.design import Condition, Design
from simulacra.domain.flow import Block
from simulacra.domain.survey import Instrument, Item, Kind
from simulacra.errors import InputError
from simulacra.survey.formats.problems import first_problem

_SLOT = re.compile(r"(?<!\$)\{([a-z][a-z0-9_]*)\}")


class Built(NamedTuple):
    """What the engine is given; ``measured`` are the items of the stimuli, in their order."""

    instrument: Instrument
    design: Design
    measured: tuple[Item, ...]


def built(experiment: Experiment) -> Built:
    """The instrument and the design of an experiment.

    Raises:
        InputError: a text is missing or an item cannot be made.
    """
    fields: dict[str, dict[str, str]] = {one.name: {} for one in experiment.conditions}
    items: list[Item] = []
    for stimulus in experiment.stimuli:
        varying = _varying(experiment, stimulus)
        for condition, texts in varying.items():
            fields[condition] |= {f"{name}_{stimulus.id}": text for name, text in texts.items()}
        names = next(iter(varying.values()), {})  # the same in all conditions
        items.append(_item(experiment, stimulus, names))
    _check_code(experiment, items)
    names = next(iter(fields.values()), {})
    set_by = tuple(Item(id=name, kind=Kind.FIELD) for name in names)
    block = Block(
        id="stimuli", pages=tuple((one.id,) for one in items), shuffle=experiment.shuffle
    )
    instrument = Instrument(
        id=experiment.name,
        title=experiment.title,
        language=experiment.language,
        instructions=experiment.instructions,
        items=(*set_by, *items),
        blocks=(block,),
    )
    conditions = tuple(
        Condition(name=one.name, fields=fields[one.name], share=one.share)
        for one in experiment.conditions
    )
    design = Design(conditions=conditions, within=experiment.within and bool(conditions))
    return Built(instrument, design, tuple(items))


def _varying(experiment: Experiment, stimulus: Stimulus) -> dict[str, dict[str, str]]:
    """For each condition the texts of a stimulus that are not the same in all of them."""
    given = {
        one.name: {**one.texts, **stimulus.by_condition.get(one.name, {})}
        for one in experiment.conditions
    }
    names = [name for texts in given.values() for name in texts]
    found: dict[str, dict[str, str]] = {}
    for condition, texts in given.items():
        if missing := [name for name in names if name not in texts]:
            raise InputError(
                f"stimulus {stimulus.id}: the condition {condition} has no text {missing[0]}, "
                "which others have: give it in each, also where it is empty"
            )
        filled = {
            name: _filled(text, stimulus.texts, stimulus.id) for name, text in texts.items()
        }
        found[condition] = filled
    return found


def _item(experiment: Experiment, stimulus: Stimulus, varying: Iterable[str]) -> Item:
    piped = {name: f"${{{name}_{stimulus.id}}}" for name in varying}
    template = {**experiment.item, **stimulus.item}
    data = _deep(template, {**stimulus.texts, **piped}, stimulus.id)
    options = data.get("options")
    if isinstance(options, dict):
        data["options"] = [{"code": code, "label": label} for code, label in options.items()]
    try:
        item = Item.model_validate({"id": stimulus.id, **data})
    except ValidationError as error:
        _, sentence = first_problem(error)
        raise InputError(f"the item of stimulus {stimulus.id}: {sentence}") from error
    if not item.kind.askable:
        raise InputError(f"the item of stimulus {stimulus.id}: a {item.kind} takes no one answer")
    return item


def _check_code(experiment: Experiment, items: list[Item]) -> None:
    if not isinstance(experiment.analysis, ProportionDifference):
        return
    code = experiment.analysis.code
    if lacking := [one.id for one in items if code not in {option.code for option in one.options}]:
        raise InputError(
            f"the analysis counts the code {code}, which is no option of stimulus {lacking[0]}"
        )


def _deep(value: Any, texts: Mapping[str, str], where: str) -> Any:
    if isinstance(value, dict):
        return {key: _deep(one, texts, where) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_deep(one, texts, where) for one in value]
    return _filled(value, texts, where) if isinstance(value, str) else value


def _filled(text: str, texts: Mapping[str, str], where: str) -> str:
    """The text with each ``{name}`` replaced.

    Raises:
        InputError: there is no text of the name.
    """

    def instead(found: re.Match[str]) -> str:
        if found[1] not in texts:
            known = ", ".join(sorted(texts)) or "none"
            raise InputError(f"stimulus {where} has no text {found[1]} (it has: {known})")
        return texts[found[1]]

    return _SLOT.sub(instead, text)
