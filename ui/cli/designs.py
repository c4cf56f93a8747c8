"""The design of a study from the command line: a file, or factors and quotas."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from simulacra.domain.design import Design, Quota, crossed
from simulacra.errors import InputError
from ui.cli.common import say

if TYPE_CHECKING:
    from simulacra.domain.persona import Profile
    from simulacra.domain.run import PersonaRef, RunSpec
    from simulacra.domain.survey import Instrument
    from simulacra.workspace import Workspace

_MOST_CELLS = 1_000


def design_of(
    file: Path | None, factors: Sequence[str], quotas: Sequence[str], *, within: bool
) -> Design:
    """The design that options describe.

    ``factors`` read ``name=level,level``, ``quotas`` ``attribute=value:most``.

    Raises:
        InputError: one of them cannot be read, or both a file and factors are given.
    """
    if file is not None:
        if factors or quotas or within:
            raise InputError("the design file holds all of the design: leave the other options out")
        return _read(file)
    levels = dict(_factor(text) for text in factors)
    if len(levels) != len(factors):
        raise InputError("a factor is there twice: give all its levels at once")
    cells = 1
    for some in levels.values():
        cells *= len(some)
    if cells > _MOST_CELLS:
        raise InputError(f"the factors make {cells:,} conditions: more than {_MOST_CELLS:,}")
    conditions = crossed(levels) if levels else ()
    if within and not conditions:
        raise InputError("--within needs conditions: give a --factor or a --design")
    return Design(
        conditions=conditions, within=within, quotas=tuple(_quota(text) for text in quotas)
    )


def check_fields(design: Design, instrument: "Instrument") -> None:
    """Every field that a condition sets is one of the instrument's.

    Raises:
        InputError: one is not, so that the conditions would not differ in it.
    """
    from simulacra.domain.survey import Kind

    known = {item.id for item in instrument.items if item.kind is Kind.FIELD}
    for condition in design.conditions:
        if strange := [name for name in condition.fields if name not in known]:
            fields = ", ".join(sorted(known)) or "none"
            raise InputError(
                f"the condition {condition.name} sets {strange[0]}, which is no field of the "
                f"instrument (its fields: {fields}); add an item of the kind field"
            )


def chosen_people(
    workspace: "Workspace", personas: Sequence["PersonaRef"], design: Design
) -> list["PersonaRef"]:
    """The people who take part once quotas are full."""
    from simulacra.runs.assignment import within_quotas

    if not design.quotas:
        return list(personas)
    attributes = {one.id: _attributes(workspace.personas.load(one).profile) for one in personas}
    kept = within_quotas(personas, attributes, design.quotas)
    if not kept:
        raise InputError("the quotas leave nobody to ask")
    for one in design.quotas:
        found = sum(attributes[ref.id].get(one.attribute) == one.value for ref in kept)
        if found < one.most:
            say(
                f"Note: the quota {one.attribute}={one.value} takes up to {one.most} people, and "
                f"{found} are there"
            )
    return kept


def balance_table(workspace: "Workspace", spec: "RunSpec") -> list[dict[str, object]]:
    """How alike the people of each condition are; empty where everybody is in all of them."""
    from evaluation.balance import balance
    from simulacra.runs.assignment import assigned

    if spec.design.within or len(spec.design.conditions) < 2:
        return []
    people: dict[str, list[Mapping[str, str | float]]] = {}
    for persona, condition in assigned(spec.personas, spec.design, spec.seed):
        profile = workspace.personas.load(persona).profile
        traits: dict[str, str | float] = {"gender": profile.gender, "age": float(profile.age)}
        people.setdefault(condition, []).append(traits)
    if empty := [one.name for one in spec.design.conditions if one.name not in people]:
        say(f"Note: nobody is in {' or '.join(empty)}: ask more people, or drop conditions")
    return [one.model_dump() for one in balance(people)]


def _attributes(profile: "Profile") -> dict[str, str]:
    plain = {"gender": profile.gender, "age": str(profile.age), "education": profile.education}
    return {**plain, **profile.attributes}


def _read(file: Path) -> Design:
    import yaml
    from pydantic import ValidationError

    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
        return Design.model_validate(data)
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", path=file) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError("this is no YAML of a design", path=file) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{place}: {first['msg']}".removeprefix(": "), path=file) from error


def _factor(text: str) -> tuple[str, tuple[str, ...]]:
    name, equals, rest = text.partition("=")
    levels = tuple(level.strip() for level in rest.split(",") if level.strip())
    if not name.strip() or not equals or len(levels) < 2 or len(set(levels)) < len(levels):
        raise InputError(f"{text[:60]!r} is no factor: write name=level,level")
    return name.strip(), levels


def _quota(text: str) -> Quota:
    pair, _, most = text.rpartition(":")
    name, equals, value = pair.partition("=")
    if not name.strip() or not equals or not most.strip().isdigit():
        raise InputError(f"{text[:60]!r} is no quota: write attribute=value:most")
    return Quota(attribute=name.strip(), value=value.strip(), most=int(most))
