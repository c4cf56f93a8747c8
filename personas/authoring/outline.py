"""The outline: dated episodes across the stages of a life, validated, never patched."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError

from personas.authoring.author import PROMPTS, Author, Step
from personas.authoring.life import Life, life_of
from personas.authoring.portrait import portrait
from personas.formats.story import period
from simulacra.domain.base import Frozen
from simulacra.domain.call import Message
from simulacra.domain.persona import Persona
from simulacra.errors import BadReply, InputError
from simulacra.prompting import find_template

_ROUNDS = 4
_TOKENS_PER_EPISODE = 190
_SLACK = 0.2


class Planned(Frozen):
    """An episode as planned: when it is, what happens, and what is different afterwards.

    ``when`` is YYYY or YYYY-MM.
    """

    when: str = Field(pattern=r"^\d{4}(-\d{2})?$")
    age: int = Field(ge=0, le=130)
    title: str = Field(min_length=1)
    place: str
    people: tuple[str, ...]
    happens: str = Field(min_length=1)
    changes: str = Field(min_length=1)


class Plan(Frozen):
    """What the model is asked for."""

    episodes: tuple[Planned, ...] = Field(min_length=1)


class PlannedEpisode(Planned):
    """An episode of the outline with its id, e01 being the first."""

    id: str


class Outline(Frozen):
    """The episodes in order of time."""

    episodes: tuple[PlannedEpisode, ...] = Field(min_length=1)

    def to_text(self) -> str:
        """YAML that a person can read and edit."""
        rows = [
            {"id": one.id, **one.model_dump(mode="json", exclude={"id"})} for one in self.episodes
        ]
        return yaml.safe_dump(rows, sort_keys=False, allow_unicode=True, width=100)


async def plan_life(
    author: Author, persona: Persona, count: int, *, attempt: int = 1, note: str = ""
) -> Outline:
    """An outline of about ``count`` episodes.

    ``note`` is what a reviewer asked for. Faulty outlines are asked for again, their faults named.

    Raises:
        BadReply: the last of four outlines is faulty too.
        InputError: the profile does not say when the person was born.
    """
    life = life_of(persona.profile)
    prompt = find_template("outline", PROMPTS).render(
        {
            "portrait": portrait(persona),
            "count": count,
            "born": _born(life),
            "until": life.until.isoformat(),
            "stages": [one.name for one in life.stages],
            "note": note,
        }
    )
    messages, faults = prompt.messages, [""]
    for number in range(_ROUNDS):
        step = Step(stage="outline", part=f"round {number + 1}", attempt=attempt)
        asked = prompt.model_copy(update={"messages": messages})
        plan = await author.fill(step, asked, Plan, max_tokens=count * _TOKENS_PER_EPISODE)
        faults = faults_of(plan.episodes, life, count)
        if not faults:
            return numbered(plan.episodes)
        messages = (*prompt.messages, *_again(plan, faults))
    raise BadReply(
        f"{author.model} gave no outline without faults in {_ROUNDS} rounds; the last one: "
        f"{faults[0]}. Try another model, seed or length."
    )


def faults_of(episodes: Sequence[Planned], life: Life, count: int) -> list[str]:
    """What is wrong with an outline, in words; empty when nothing is."""
    faults = []
    fewest, most = round(count * (1 - _SLACK)), round(count * (1 + _SLACK))
    if not fewest <= len(episodes) <= most:
        faults.append(f"it has {len(episodes)} episodes, not {count}")
    for number, episode in enumerate(episodes, start=1):
        faults += [
            f"episode {number} ({episode.title}): {fault}" for fault in _fault(episode, life)
        ]
    faults += _order_faults(episodes) + _same_faults(episodes)
    if len(episodes) >= len(life.stages):
        ages = [episode.age for episode in episodes]
        faults += [
            f"no episode lies in {stage.name} (ages {stage.first} to {stage.last})"
            for stage in life.stages
            if not any(stage.first <= age <= stage.last for age in ages)
        ]
    return faults


def numbered(episodes: Sequence[Planned]) -> Outline:
    """The episodes with ids e01, e02, ... in their order."""
    return Outline(
        episodes=tuple(
            PlannedEpisode(id=f"e{number:02}", **episode.model_dump(exclude={"id"}))
            for number, episode in enumerate(episodes, start=1)
        )
    )


def read_outline(text: str, life: Life) -> Outline:
    """The outline that a person edited.

    Raises:
        InputError: it is no YAML, no outline, or one with faulty dates; says which.
    """
    path = Path("outline")
    try:
        rows: Any = yaml.safe_load(text)
        if not isinstance(rows, list):
            raise InputError("the outline is empty or no list of episodes", path=path)
        outline = Outline.model_validate({"episodes": rows})
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        raise InputError("the outline is not valid YAML", path=path, line=line) from None
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"][1:])
        raise InputError(f"{first['msg']}", path=path, field=field or None) from None
    except ValueError as error:  # a date that YAML cannot make
        raise InputError(f"the outline is not valid YAML: {error}", path=path) from None
    ids = [one.id for one in outline.episodes]
    if len(set(ids)) < len(ids):
        raise InputError("two episodes of the outline have the same id", path=path)
    if faults := faults_of(outline.episodes, life, len(ids)):
        raise InputError(f"the outline does not hold: {faults[0]}", path=path)
    return outline


def _fault(episode: Planned, life: Life) -> list[str]:
    try:
        youngest, oldest = life.ages(episode.when)
    except ValueError as error:
        return [str(error)]
    if not youngest <= episode.age <= oldest:
        fitting = str(oldest) if youngest == oldest else f"{youngest} to {oldest}"
        return [f"its age is {episode.age}, but {episode.when} makes it {fitting}"]
    return []


def _order_faults(episodes: Sequence[Planned]) -> list[str]:
    faults = []
    for earlier, later in pairwise(episodes):
        try:
            backwards = period(later.when)[1] < period(earlier.when)[0]
        except ValueError:
            continue  # said already, as a fault of the episode
        if backwards:
            faults.append(f"{later.when} ({later.title}) stands after {earlier.when}")
    return faults


def _same_faults(episodes: Sequence[Planned]) -> list[str]:
    faults = []
    for what in ("title", "happens", "changes"):
        values = [getattr(one, what).casefold().strip() for one in episodes]
        twice = sorted({value for value in values if values.count(value) > 1})
        faults += [f"two episodes have the same {what}: {value}" for value in twice]
    return faults


def _again(plan: Plan, faults: Sequence[str]) -> tuple[Message, ...]:
    template = find_template("faults", PROMPTS)
    said = Message(role="assistant", text=plan.model_dump_json())
    return (said, *template.render({"faults": list(faults)}).messages)


def _born(life: Life) -> str:
    if life.born_first == life.born_last:
        return life.born_first.isoformat()
    return f"between {life.born_first} and {life.born_last}"
