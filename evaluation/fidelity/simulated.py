"""The simulated side: the answers of a run, person by person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.fidelity.sides import Told, number_code
from evaluation.intervals import Points
from simulacra.domain.answer import Answer, Missing, MissingCode, Response
from simulacra.domain.persona import Persona
from simulacra.domain.run import PersonaRef, RunStatus
from simulacra.domain.survey import Item, Kind
from simulacra.errors import InputError
from simulacra.workspace import Workspace


@dataclass(frozen=True)
class Answers:
    """The people of a run in the order of its plan, and what each told, item by item.

    ``rows`` are the ids of the human rows that people were drawn from; ``facts`` are what a result
    says of the run.
    """

    items: Mapping[str, Item]
    people: tuple[Persona, ...]
    told: Mapping[str, Sequence[Told]]
    facts: Mapping[str, object]
    warnings: tuple[str, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The people's ids."""
        return tuple(one.id for one in self.people)

    @property
    def weights(self) -> Points:
        """The people's weights."""
        return np.array([one.weight for one in self.people])

    @property
    def rows(self) -> list[str | None]:
        """The id of the human row behind each person; None where there is none."""
        return [row_behind(one) for one in self.people]


def answers_of(workspace: Workspace, run_id: str) -> Answers:
    """The answers of a run; of each cell, the latest attempt.

    Raises:
        UnknownName: there is no such run.
        InputError: it has no answers yet.
    """
    spec, summary = workspace.runs.spec(run_id), workspace.runs.summary(run_id)
    items = {one.id: one for one in spec.instrument.items if one.kind.askable}
    latest: dict[PersonaRef, dict[tuple[str, int], dict[str, Response]]] = {}
    for interview, cell in workspace.runs.records(run_id):
        times = latest.setdefault(interview.persona, {})
        key = (interview.condition, interview.replicate)
        times.setdefault(key, {})[cell.item_id] = cell.response
    if not latest:
        raise InputError(f"run {run_id} has no answers yet: simulacra runs resume {run_id}")
    asked = [one for one in dict.fromkeys(spec.personas) if one in latest]
    told = {
        name: [
            tuple(_code(item, times[key].get(name)) for key in sorted(times))
            for times in (latest[one] for one in asked)
        ]
        for name, item in items.items()
    }
    return Answers(
        items=items,
        people=tuple(workspace.personas.load(one) for one in asked),
        told=told,
        facts={
            "run": run_id,
            "study": summary.name,
            "title": spec.instrument.title or spec.instrument.id,
            "model": spec.model,
            "method": spec.way,
            "behavioural": spec.behavioural,
            "replicates": spec.replicates,
            "calls": summary.calls,
            "cost": summary.cost,
        },
        warnings=tuple(_warnings(summary.status, summary.done, summary.cells, latest)),
    )


def _warnings(
    status: RunStatus,
    done: int,
    cells: int,
    latest: Mapping[PersonaRef, Mapping[tuple[str, int], Mapping[str, Response]]],
) -> list[str]:
    told = []
    if status is not RunStatus.DONE:
        told.append(f"The run is not finished ({done} of {cells} answers): this is what is there.")
    if len({condition for times in latest.values() for condition, _ in times}) > 1:
        told.append("The run has several conditions; their answers are taken together.")
    failed = sum(
        isinstance(one, Missing) and one.code is MissingCode.TECHNICAL
        for times in latest.values()
        for responses in times.values()
        for one in responses.values()
    )
    if failed:
        told.append(f"{failed} answers are missing because the model failed: resume the run.")
    return told


def _code(item: Item, response: Response | None) -> str | None:
    if not isinstance(response, Answer):
        return None
    if item.kind.numeric:
        return None if response.number is None else number_code(response.number)
    if item.kind not in (Kind.SINGLE, Kind.RATING) or not response.codes:
        return None
    code = response.codes[0]
    missing = {option.code for option in item.options if option.missing is not None}
    return None if code in missing else code


def row_behind(persona: Persona) -> str | None:
    """The id of the row of microdata that somebody was drawn from, where the mapping named it."""
    sample = persona.extra.get("sample")
    row = sample.get("row") if isinstance(sample, dict) else None
    return None if row is None else str(row)


def attribute_of(persona: Persona, name: str) -> str | None:
    """What a person is, such as gender, age, education, or an attribute of their own."""
    profile = persona.profile
    value = profile.attributes.get(name)
    if value is None and name in type(profile).model_fields:
        value = getattr(profile, name)
    return str(value) if isinstance(value, str | int) and value != "" else None
