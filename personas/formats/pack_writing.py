"""The texts of a persona pack."""

from collections.abc import Mapping
from typing import Any

import yaml

from personas.formats.story import story_file
from simulacra.domain.memory import Memory, Span
from simulacra.domain.persona import Episode, Fact, Persona, Profile, SelfReportQuestion, Trait

_Record = dict[str, Any]


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks, so that people can read and edit them."""


# Read as line breaks or dropped unless they stand escaped in double quotes.
_ODD_BREAKS = frozenset("\x85\u2028\u2029\ufeff")


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    if _ODD_BREAKS & set(value):
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def pack_files(persona: Persona, pack_format: str, budgets: Mapping[str, int]) -> dict[str, str]:
    """Name and text of each file; ``budgets`` are the usual word limits of memories."""
    episodes = {episode.id: episode for episode in persona.episodes}
    files = {
        "persona.yaml": _yaml(_persona(persona, pack_format, budgets)),
        "story.md": story_file(persona.story, persona.episodes),
        "memories.yaml": _yaml([_memory(persona, one, episodes) for one in persona.memories]),
        "questions.yaml": _yaml([question_record(one) for one in persona.questions]),
    }
    if persona.facts:
        files["facts.yaml"] = _yaml([_fact(persona, one, episodes) for one in persona.facts])
    return files


def _yaml(value: Any) -> str:
    text: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    return text


def _persona(persona: Persona, pack_format: str, budgets: Mapping[str, int]) -> _Record:
    profile = persona.profile
    data: _Record = {"format": pack_format, "id": persona.id, "name": persona.name}
    if persona.version != 1:
        data["version"] = persona.version
    if persona.weight != 1:
        data["weight"] = persona.weight
    for field, info in Profile.model_fields.items():
        value = getattr(profile, field)
        if info.is_required() or value not in (None, "", (), {}):
            data[field] = list(value) if isinstance(value, tuple) else value
    personality = persona.personality
    parts = {
        "facets": dict(personality.facets),
        "functions": list(personality.functions),
        "traits": [_trait(trait) for trait in personality.traits],
    }
    if kept := {name: part for name, part in parts.items() if part}:
        data["personality"] = kept
    if persona.biography:
        data["biography"] = persona.biography
    if wider := _wider_budgets(persona, budgets):
        data["memory_words"] = wider
    if persona.extra:
        data["extra"] = persona.extra
    return data


def _trait(trait: Trait) -> str | _Record:
    known = trait.model_dump(exclude_none=True)
    return trait.text if set(known) == {"text"} else known


def _wider_budgets(persona: Persona, budgets: Mapping[str, int]) -> dict[str, int]:
    """Limits that memories from elsewhere need, stated in the pack rather than passed over."""
    longest = {
        field: max((len(getattr(memory, field).split()) for memory in persona.memories), default=0)
        for field in budgets
    }
    return {field: words for field, words in longest.items() if words > budgets[field]}


def _memory(persona: Persona, memory: Memory, episodes: Mapping[str, Episode]) -> _Record:
    episode = episodes.get(memory.episode or "")
    data: _Record = {"id": memory.id}
    if memory.episode is not None:
        data["episode"] = memory.episode
    if memory.source is not None:
        data |= _place(persona, memory.source, episode)
    for field in ("content", "thought", "feeling", "summary"):
        if value := getattr(memory, field):
            data[field] = value
    data.setdefault("content", memory.content)
    if memory.emotions:
        data["emotions"] = dict(memory.emotions)
    for field in ("when", "age"):
        value = getattr(memory, field)
        if value != (getattr(episode, field) if episode else None):
            data[field] = value
    if memory.importance is not None:
        data["importance"] = memory.importance
    if memory.origin != "life":
        data["origin"] = memory.origin
    return data


def _fact(persona: Persona, fact: Fact, episodes: Mapping[str, Episode]) -> _Record:
    data: _Record = {"subject": fact.subject, "relation": fact.relation, "object": fact.object}
    if fact.episode is not None:
        data["episode"] = fact.episode
    return data | _place(persona, fact.span, episodes.get(fact.episode or ""))


def _place(persona: Persona, span: Span, episode: Episode | None) -> _Record:
    """The quote where it alone says the place, else the offsets."""
    quote = persona.text_of(span)
    if episode and quote:
        found = persona.story.find(quote, episode.span.start, episode.span.end)
        if found == span.start and "\n" not in quote:
            return {"quote": quote}
    return {"source": {"start": span.start, "end": span.end}}


def question_record(question: SelfReportQuestion) -> _Record:
    """A question as its file says it, what is empty left out."""
    data: _Record = {"id": question.id, "kind": question.kind}
    if question.basis:
        data["basis"] = question.basis
    data["text"] = question.text
    if question.options:
        data["options"] = dict(question.options)
    data["answer"] = list(question.answer)
    if question.accept:
        data["accept"] = list(question.accept)
    if question.episode is not None:
        data["episode"] = question.episode
    if question.quotes:
        data["quotes"] = list(question.quotes)
    return data
