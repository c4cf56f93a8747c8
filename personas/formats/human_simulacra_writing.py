"""Writes one character in the folder layout of the Human Simulacra data set.

The layout is told in ``personas.formats.human_simulacra``. It holds less than a persona does; what
would not come back is named rather than passed over.
"""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from personas.formats.human_simulacra import (
    INTRODUCTIONS,
    PROFILES,
    QUESTION_FILES,
    dash_list,
    read_human_simulacra,
)
from simulacra.domain.memory import Memory
from simulacra.domain.persona import Episode, Persona, SelfReportQuestion
from simulacra.errors import InputError, WorkFailed

_TYPES = {"cloze": "Cloze", "single": "Single_choice", "multiple": "Multiple_choices"}
_Record = dict[str, Any]


def write_human_simulacra(
    persona: Persona, folder: Path, *, overwrite: bool = False
) -> tuple[str, ...]:
    """Write a folder; it appears whole or not at all.

    Returns:
        What the format cannot hold, in words: each part of the persona that would not come back.

    Raises:
        InputError: the folder exists already (and holds anybody else, or ``overwrite`` is not
            set), or the persona lacks what the format asks for.
        WorkFailed: the files cannot be written.
    """
    _check(persona, folder)
    if folder.exists() and not (overwrite and _holds_only(folder, persona)):
        raise InputError(
            "exists already; choose another folder, or ask to overwrite it if it holds nobody else",
            path=folder,
        )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".people-", dir=folder.parent) as scratch:
            fresh = Path(scratch) / "new"
            for place, text in _files(persona).items():
                (fresh / place).parent.mkdir(parents=True, exist_ok=True)
                (fresh / place).write_text(text, encoding="utf-8", newline="\n")
            lost = _losses(persona, read_human_simulacra(fresh)[0])
            if folder.exists():
                folder.rename(Path(scratch) / "old")
            fresh.rename(folder)
    except OSError as error:
        raise WorkFailed(
            f"The folder {folder} cannot be written ({error.strerror}); check permissions and "
            "free space."
        ) from error
    return lost


def _check(persona: Persona, folder: Path) -> None:
    """The reader asks for these, so a folder without them would be no character."""
    lacking = [
        words
        for words, there in (
            ("a date of birth", persona.profile.date_of_birth),
            ("a life story", persona.story.strip()),
            ("memories", persona.memories),
        )
        if not there
    ]
    if lacking:
        raise InputError(
            f"{persona.name} lacks {' and '.join(lacking)}, which a Human Simulacra folder must "
            "have",
            path=folder,
        )
    if not persona.name.isprintable() or set("/\\") & set(persona.name) or not persona.name.strip():
        raise InputError(f"{persona.name!r} cannot be the name of a folder", path=folder)


def _holds_only(folder: Path, persona: Persona) -> bool:
    try:
        return [one.name for one in read_human_simulacra(folder)] == [persona.name]
    except InputError:
        return False


# ---- the files ----------------------------------------------------------------------------------


def _files(persona: Persona) -> dict[str, str]:
    """Path and text of each file."""
    kept = persona.extra.get("human_simulacra")
    extra: _Record = kept if isinstance(kept, dict) else {}
    name = persona.name
    traits = _traits([trait.text for trait in persona.personality.traits])
    memories = {one.id: _memory(one, _part(extra, "memories")) for one in persona.memories}
    index = extra.get("memory_index") or {one.id: one.summary for one in persona.memories}
    files: dict[str, Any] = {
        PROFILES: [{**_profile(persona, traits), **_part(extra, "profile")}],
        INTRODUCTIONS: [_introduction(persona, traits, _part(extra, "introduction"))],
        f"Memories/{name}/long_memory.json": memories,
        f"Memories/{name}/index.json": index,
    }
    for file, kind in QUESTION_FILES:
        files[f"Questions/{name}/{file}"] = [
            {**_question(one), **_part(_part(extra, "questions"), one.id)}
            for one in persona.questions
            if one.kind == kind
        ]
    for file, value in _part(extra, "question_files").items():
        files.setdefault(f"Questions/{name}/{Path(file).name}", value)
    texts = {
        place: json.dumps(value, ensure_ascii=False, indent=4) for place, value in files.items()
    }
    paragraphs = [line.strip() for line in persona.story.splitlines() if line.strip()]
    return {**texts, f"Stories/{name}/{name}.txt": "\n".join(paragraphs) + "\n"}


def _part(extra: Mapping[str, Any], key: str) -> _Record:
    value = extra.get(key)
    return value if isinstance(value, dict) else {}


def _profile(persona: Persona, traits: str | list[str]) -> _Record:
    profile = persona.profile
    return {
        "Gender": profile.gender,
        "Name": persona.name,
        "Age": profile.age,
        "Date_of_birth": str(profile.date_of_birth),
        "Occupation": profile.occupation,
        "Traits": traits,
        "Hobbies": _listed(profile.hobbies),
        "Family": profile.family,
        "Education": profile.education,
        "Short-term_goals": _listed(profile.short_term_goals),
        "Long-term_goal": profile.long_term_goal,
    }


def _introduction(persona: Persona, traits: str | list[str], kept: _Record) -> _Record:
    profile = persona.profile
    facts = {
        "Name": persona.name,
        "Age": profile.age,
        "Gender": profile.gender,
        "Date of birth": profile.date_of_birth,
        "Occupation": profile.occupation,
        "Family": profile.family,
        "Education": profile.education,
    }
    return {
        "Name": persona.name,
        "Personality_traits": traits,
        "Basic_infos": ", ".join(f"{key}: {value}" for key, value in facts.items() if value),
        "Extra": {},
        **kept,
        "Content": persona.biography,
    }


def _traits(sentences: list[str]) -> str | list[str]:
    """One dash list; a list where the dashes would not part it again."""
    listed = " ".join(f"- {one}" for one in sentences)
    return listed if dash_list(listed) == sentences else sentences


def _listed(values: tuple[str, ...]) -> str | list[str]:
    """Values with commas; a list where a value has a comma itself."""
    plain = all(value and value == value.strip() and "," not in value for value in values)
    return ", ".join(values) if plain else list(values)


def _memory(memory: Memory, kept: _Record) -> _Record:
    told = {
        "Memory Content": memory.content,
        "Thinking": memory.thought,
        "Emotion": memory.feeling,
    }
    return {"Memory_Summary": memory.summary, "Memory": told, **_part(kept, memory.id)}


def _question(question: SelfReportQuestion) -> _Record:
    cloze = question.kind == "cloze"
    return {
        "type": _TYPES[question.kind],
        "question": question.text,
        "options": [""] if cloze else [f"{key}. {text}" for key, text in question.options.items()],
        "answer": [*question.answer, *question.accept] if cloze else list(question.answer),
    }


# ---- what does not come back --------------------------------------------------------------------


def _losses(before: Persona, after: Persona) -> tuple[str, ...]:
    """Parts of ``before`` that differ in ``after``, in words."""
    lost = [
        f"{field} of the profile"
        for field in type(before.profile).model_fields
        if getattr(before.profile, field) != getattr(after.profile, field)
    ]
    personality = before.personality
    if [one.text for one in personality.traits] != [one.text for one in after.personality.traits]:
        lost.append("traits")
    lost += ["facets"] if personality.facets else []
    lost += ["the order of the functions"] if personality.functions else []
    if any(trait.function or trait.rank for trait in personality.traits):
        lost.append("which function a trait stands for")
    for field in ("id", "weight", "biography", "story", "facts"):
        if getattr(before, field) != getattr(after, field):
            lost.append("the id" if field == "id" else field)
    lost += _episode_losses(before.episodes, after.episodes)
    lost += _parts_lost("memories", before.memories, after.memories)
    lost += _parts_lost("questions", before.questions, after.questions)
    others = sorted(set(before.extra) - {"human_simulacra"})
    return (*lost, *(f"extra {name}" for name in others))


def _episode_losses(before: tuple[Episode, ...], after: tuple[Episode, ...]) -> list[str]:
    """Paragraphs become episodes; dates come back only where the text states them."""
    if len(before) != len(after):
        return ["episodes: paragraphs take their place"] if before else []
    return _parts_lost("episodes", before, after)


def _parts_lost(
    what: str,
    before: tuple[Episode | Memory | SelfReportQuestion, ...],
    after: tuple[Episode | Memory | SelfReportQuestion, ...],
) -> list[str]:
    if len(before) != len(after):
        return [what]
    if not before:
        return []
    fields = [
        field
        for field in type(before[0]).model_fields
        if any(getattr(a, field) != getattr(b, field) for a, b in zip(before, after, strict=True))
    ]
    return [f"{', '.join(fields)} of {what}"] if fields else []
