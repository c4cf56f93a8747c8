"""A study run again from its manifest, and what differs: program, people, answers."""

from collections import Counter
from collections.abc import Iterable, Mapping
from statistics import fmean
from typing import Any

from simulacra.domain.answer import MissingCode
from simulacra.domain.base import Frozen
from simulacra.domain.persona import Persona
from simulacra.domain.run import PersonaRef, RunSpec, RunStatus
from simulacra.domain.survey import Item, Kind
from simulacra.errors import UnknownName
from simulacra.export.manifest import Key, Manifest, ManifestPerson
from simulacra.runs.plan import plan
from simulacra.runs.waves import Waves
from simulacra.workspace import Workspace

_MARK = "replica_of"
_OWN = {"name", "instrument", "personas", "model", "settings"}
_TOLD_ELSEWHERE = {"prompts", "versions", "fingerprint", _MARK}
_MISSING = {str(int(code)) for code in MissingCode}
_TEXTS = (Kind.SHORT_TEXT, Kind.LONG_TEXT, Kind.FIELD)


class ItemChange(Frozen):
    """How the answers to one item differ.

    ``compared`` have both been given, missing ones included; ``share_equal`` of them are the same.
    ``distance`` is the total variation distance of the two distributions, from 0 (the same) to 1
    (nothing in common), missing codes being values: half the sum of the absolute differences of
    shares; None for texts. The means are those of numbers.
    """

    item: str
    kind: str
    compared: int
    equal: int
    share_equal: float | None
    distance: float | None = None
    mean_then: float | None = None
    mean_now: float | None = None


class AnswerChanges(Frozen):
    """How the answers differ; ``only_then`` and ``only_now`` have no counterpart."""

    compared: int
    equal: int
    share_equal: float | None
    only_then: int
    only_now: int
    items: tuple[ItemChange, ...]


def replica(workspace: Workspace, manifest: Manifest, model: str | None = None) -> str:
    """The id of a planned run that repeats the study, or of one that waits to be continued.

    Raises:
        UnknownName: a persona, the model or the run that the study comes after is not there.
        InputError: the model lacks what it needs, or the run before left nothing to remember.
    """
    then = manifest.spec
    people = [_found(workspace, one) for one in manifest.personas]
    choices = {name: getattr(then, name) for name in RunSpec.model_fields if name not in _OWN}
    spec = workspace.spec(
        then.instrument,
        [PersonaRef(id=one.id, version=one.version) for one in people],
        name=then.name,
        model=model or then.model,
        more={_MARK: manifest.run_id},
        **choices,
    )
    # What decides answers and is no fact of the program goes over, such as the stage of a life.
    kept = {name: one for name, one in then.settings.items() if name not in spec.settings}
    spec = spec.model_copy(update={"settings": {**spec.settings, **kept}})
    Waves(workspace.runs, workspace.learned).check(spec)
    return _waiting(workspace, spec) or workspace.runs.create(spec, plan(spec))


def _waiting(workspace: Workspace, spec: RunSpec) -> str | None:
    over = (RunStatus.DONE, RunStatus.CANCELLED, RunStatus.RUNNING)
    for summary in workspace.runs.list():
        waits = summary.status not in over and summary.name == spec.name
        if waits and workspace.runs.spec(summary.id) == spec:
            return summary.id
    return None


def _found(workspace: Workspace, told: ManifestPerson) -> Persona:
    """The version with the content that was asked or, failing that, the newest."""
    try:
        newest = workspace.personas.get(told.id)
    except UnknownName:
        raise UnknownName(
            f"{told.name} ({told.id}) is not in this workspace: import the persona first "
            "(simulacra persona import), or name the study's own --workspace"
        ) from None
    for version in range(newest.version, 0, -1):
        one = workspace.personas.load(PersonaRef(id=newest.id, version=version))
        if _same(one, told):
            return one
    return newest


def _same(persona: Persona, told: ManifestPerson) -> bool:
    """Whether the content is that of the manifest, whatever number it has here."""
    return persona.model_copy(update={"version": told.version}).hash() == told.hash


def differences(workspace: Workspace, then: Manifest, now_id: str) -> dict[str, Any]:
    """What is no longer as the manifest says; each entry tells how it was and how it is."""
    run = workspace.stored(now_id)
    was, now = then.spec, run.spec
    found: dict[str, Any] = {
        "model": _pair(was.model, now.model),
        "fingerprint": _pair(was.settings.get("fingerprint"), now.settings.get("fingerprint")),
        "instrument": _pair(then.instrument.hash, was.instrument.hash()),
        "prompts": _changes(was.settings.get("prompts", {}), now.settings.get("prompts", {})),
        "packages": _changes(then.packages, run.manifest["packages"]),
        "settings": _changes(_others(was.settings), _others(now.settings)),
        "personas": {
            told.id: {"was": told.version, "now": ref.version}
            for told, ref in zip(then.personas, now.personas, strict=True)
            if not _same(workspace.personas.load(ref), told)
        },
    }
    return {name: told for name, told in found.items() if told}


def _others(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in settings.items() if name not in _TOLD_ELSEWHERE}


def _pair(was: Any, now: Any) -> dict[str, Any] | None:
    return None if was == now else {"was": was, "now": now}


def _changes(was: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    pairs = ((name, _pair(was.get(name), now.get(name))) for name in sorted({*was, *now}))
    return {name: pair for name, pair in pairs if pair}


def compare(
    items: Iterable[Item], then: Mapping[Key, str], now: Mapping[Key, str]
) -> AnswerChanges:
    """How answers differ, over all and item by item."""
    pairs: dict[str, list[tuple[str, str]]] = {}
    for key, was in then.items():
        if key in now:
            pairs.setdefault(key.item, []).append((was, now[key]))
    changes = tuple(_item_change(item, pairs.get(item.id, [])) for item in items)
    compared, equal = sum(one.compared for one in changes), sum(one.equal for one in changes)
    return AnswerChanges(
        compared=compared,
        equal=equal,
        share_equal=equal / compared if compared else None,
        only_then=len(then.keys() - now.keys()),
        only_now=len(now.keys() - then.keys()),
        items=changes,
    )


def _item_change(item: Item, pairs: list[tuple[str, str]]) -> ItemChange:
    was, new = [one for one, _ in pairs], [one for _, one in pairs]
    equal = sum(one == other for one, other in pairs)
    return ItemChange(
        item=item.id,
        kind=str(item.kind),
        compared=len(pairs),
        equal=equal,
        share_equal=equal / len(pairs) if pairs else None,
        distance=_distance(was, new) if pairs and item.kind not in _TEXTS else None,
        mean_then=_mean(was) if item.kind.numeric else None,
        mean_now=_mean(new) if item.kind.numeric else None,
    )


def _distance(was: list[str], new: list[str]) -> float:
    first, second = Counter(was), Counter(new)
    return sum(abs(first[one] - second[one]) for one in {*first, *second}) / (2 * len(was))


def _mean(values: list[str]) -> float | None:
    numbers = [float(one) for one in values if one not in _MISSING]
    return fmean(numbers) if numbers else None
