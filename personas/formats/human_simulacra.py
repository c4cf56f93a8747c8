"""Reads characters in the folder layout of the Human Simulacra data set (Xie et al., 2025).

    character_profiles.json         attributes
    character_introductions.json    personality sentences and biography
    Stories/NAME/NAME.txt           the life story, one paragraph a line
    Memories/NAME/long_memory.json  long-term memories
    Questions/NAME/*.json           self-report questions with keys

Everything arrives or nothing does; what has no field of its own is kept in ``Persona.extra``.
"""

import re
import unicodedata
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from personas.basis import basis_of, profile_values
from personas.dates import dates_in, years_between
from personas.formats.text_files import first_problem, read_json, read_text, text_field
from simulacra.domain.memory import Memory, Span
from simulacra.domain.persona import (
    Episode,
    Persona,
    Personality,
    Profile,
    SelfReportQuestion,
    Trait,
)
from simulacra.errors import InputError

PROFILES, INTRODUCTIONS = "character_profiles.json", "character_introductions.json"
QUESTION_FILES = (
    ("Cloze.json", "cloze"),
    ("Single_choice.json", "single"),
    ("Multiple_choices.json", "multiple"),
)
_PROFILE_KEYS = frozenset(
    {
        "Gender", "Name", "Age", "Date_of_birth", "Occupation", "Traits", "Hobbies", "Family",
        "Education", "Short-term_goals", "Long-term_goal",
    }
)  # fmt: skip
_LETTERED = re.compile(r"^\s*([A-Z])\s*[.):]\s*(.*)$", re.DOTALL)

_Record = dict[str, Any]


def is_human_simulacra(folder: Path) -> bool:
    """Whether a folder looks like one of this layout."""
    return any((folder / name).exists() for name in (PROFILES, INTRODUCTIONS))


def read_human_simulacra(folder: Path) -> list[Persona]:
    """Every character of a folder, in the order of the profiles.

    Raises:
        InputError: a file is missing or broken, or the files name different characters.
    """
    profiles = _by_name(folder / PROFILES)
    introductions = _by_name(folder / INTRODUCTIONS)
    _same_names(folder, profiles, introductions)
    personas = [
        _persona(folder, name, profile, introductions[name]) for name, profile in profiles.items()
    ]
    ids = [persona.id for persona in personas]
    if twice := sorted({one for one in ids if ids.count(one) > 1}):
        raise InputError(
            f"two characters would share the id {twice[0]}; rename one", path=folder / PROFILES
        )
    return personas


def slug(name: str) -> str:
    """An id made of a name: plain lower-case letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _persona(folder: Path, name: str, profile: _Record, introduction: _Record) -> Persona:
    path = folder / PROFILES
    if not slug(name):
        raise InputError("the name has no letter an id can be made of", path=path, field="Name")
    traits = _traits(path, profile)
    facts = _profile(path, profile)
    story, episodes = _story(folder / "Stories" / name / f"{name}.txt", facts.date_of_birth)
    memories, memory_extra = _memories(folder / "Memories" / name)
    questions, question_extra = _questions(folder / "Questions" / name, name, facts)
    intro_path = folder / INTRODUCTIONS
    extra = {
        "profile": {key: one for key, one in profile.items() if key not in _PROFILE_KEYS},
        "introduction": {
            key: one
            for key, one in introduction.items()
            if key not in ("Name", "Content")
            and not (key == "Personality_traits" and one == profile["Traits"])
        },
        **memory_extra,
        **question_extra,
    }
    try:
        return Persona(
            id=slug(name),
            name=name,
            source="import",
            profile=facts,
            personality=Personality(traits=tuple(Trait(text=one) for one in traits)),
            biography=text_field(intro_path, introduction, "Content"),
            story=story,
            episodes=episodes,
            memories=memories,
            questions=questions,
            extra={"human_simulacra": extra},
        )
    except ValidationError as error:
        raise _invalid(path, error, name) from error


# ---- profile ------------------------------------------------------------------------------------


def _by_name(path: Path) -> dict[str, _Record]:
    records = read_json(path)
    if not isinstance(records, list) or not all(isinstance(one, dict) for one in records):
        raise InputError("must be a list of objects, one for each character", path=path)
    if not records:
        raise InputError("names no character", path=path)
    named: dict[str, _Record] = {}
    for record in records:
        name = text_field(path, record, "Name")
        if name in named:
            raise InputError(f"names {name} twice", path=path, field="Name")
        if not name.strip() or "/" in name or "\\" in name or name in (".", ".."):
            raise InputError(f"{name!r} cannot be a name", path=path, field="Name")
        named[name] = record
    return named


def _same_names(
    folder: Path, profiles: dict[str, _Record], introductions: dict[str, _Record]
) -> None:
    """The same characters must stand in every file and folder."""
    places = {INTRODUCTIONS: set(introductions)}
    for part in ("Stories", "Memories", "Questions"):
        if not (folder / part).is_dir():
            raise InputError("this folder is missing", path=folder / part)
        places[part] = {one.name for one in (folder / part).iterdir() if one.is_dir()}
    for part, names in places.items():
        if lacking := sorted(set(profiles) - names):
            raise InputError(f"lacks {', '.join(lacking)}, named in {PROFILES}", path=folder / part)
        if beyond := sorted(names - set(profiles)):
            raise InputError(
                f"has {', '.join(beyond)}, not named in {PROFILES}", path=folder / part
            )


def _profile(path: Path, record: _Record) -> Profile:
    hobbies, goals = (_listed(path, record, key) for key in ("Hobbies", "Short-term_goals"))
    try:
        return Profile(
            gender=text_field(path, record, "Gender"),
            age=_whole(path, record, "Age"),
            date_of_birth=_birthday(path, record),
            occupation=text_field(path, record, "Occupation"),
            education=text_field(path, record, "Education"),
            family=text_field(path, record, "Family"),
            hobbies=hobbies,
            short_term_goals=goals,
            long_term_goal=text_field(path, record, "Long-term_goal"),
        )
    except ValidationError as error:
        raise _invalid(path, error, str(record["Name"])) from error


def _traits(path: Path, record: _Record) -> list[str]:
    """The personality sentences, as a dash list or one by one."""
    value = record.get("Traits")
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return value
    return dash_list(text_field(path, record, "Traits"))


def dash_list(text: str) -> list[str]:
    """The sentences of one dash list; a dash inside a sentence does not part it."""
    parts = re.split(r"(?:^|(?<=[.!?]))\s*-\s+", text)
    return [part.strip() for part in parts if part.strip()]


def _listed(path: Path, record: _Record, key: str) -> tuple[str, ...]:
    value = record.get(key)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(value)
    return tuple(part.strip() for part in text_field(path, record, key).split(",") if part.strip())


def _whole(path: Path, record: _Record, key: str) -> int:
    value = record.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    raise InputError(f"must be a whole number, not {value!r}", path=path, field=key)


def _birthday(path: Path, record: _Record) -> date:
    value = text_field(path, record, "Date_of_birth")
    found = dates_in(value)
    if len(found) != 1:
        raise InputError(
            f"must be a date such as 1977-09-21, not {value!r}", path=path, field="Date_of_birth"
        )
    return found[0]


# ---- story and memories -------------------------------------------------------------------------


def _story(path: Path, born: date | None) -> tuple[str, tuple[Episode, ...]]:
    """Paragraphs are episodes; dated where one states a single full date in its order."""
    paragraphs = [line.strip() for line in read_text(path).splitlines() if line.strip()]
    if not paragraphs:
        raise InputError("the life story is empty", path=path)
    episodes, start, latest = [], 0, born
    for number, paragraph in enumerate(paragraphs, start=1):
        stated = dates_in(paragraph)
        when = stated[0] if len(stated) == 1 and (latest is None or stated[0] >= latest) else None
        latest = when or latest
        episodes.append(
            Episode(
                id=f"p{number:03d}",
                when=when.isoformat() if when else None,
                age=years_between(born, when) if born and when else None,
                span=Span(start=start, end=start + len(paragraph)),
            )
        )
        start += len(paragraph) + 2
    return "\n\n".join(paragraphs), tuple(episodes)


def _memories(folder: Path) -> tuple[tuple[Memory, ...], _Record]:
    path = folder / "long_memory.json"
    records = read_json(path)
    if not isinstance(records, dict) or not records:
        raise InputError("must be an object of memories by number", path=path)
    memories, unknown = [], {}
    for key, record in records.items():
        memory, rest = _memory(path, str(key), record)
        memories.append(memory)
        if rest:
            unknown[memory.id] = rest
    extra: _Record = {"memories": unknown} if unknown else {}
    index = folder / "index.json"
    if index.exists():
        summaries = read_json(index)
        if summaries != {memory.id: memory.summary for memory in memories}:
            extra["memory_index"] = summaries
    return tuple(memories), extra


def _memory(path: Path, key: str, record: Any) -> tuple[Memory, _Record]:
    parts = record.get("Memory") if isinstance(record, dict) else None
    if not isinstance(parts, dict):
        raise InputError("must be an object with Memory and Memory_Summary", path=path, field=key)
    memory = Memory(
        id=key,
        content=text_field(path, parts, "Memory Content", within=key),
        thought=text_field(path, parts, "Thinking", within=key),
        feeling=text_field(path, parts, "Emotion", within=key),
        summary=text_field(path, record, "Memory_Summary", within=key),
    )
    known = {"Memory", "Memory_Summary", "Memory Content", "Thinking", "Emotion"}
    return memory, {one: value for one, value in {**record, **parts}.items() if one not in known}


# ---- questions ----------------------------------------------------------------------------------


def _questions(
    folder: Path, name: str, profile: Profile
) -> tuple[tuple[SelfReportQuestion, ...], _Record]:
    facts = profile_values(name, profile)
    questions: list[SelfReportQuestion] = []
    unknown: _Record = {}
    for file, kind in QUESTION_FILES:
        records = read_json(folder / file)
        if not isinstance(records, list) or not all(isinstance(one, dict) for one in records):
            raise InputError("must be a list of questions", path=folder / file)
        for number, record in enumerate(records, start=1):
            question = _question(folder / file, number, f"q{len(questions) + 1:02d}", kind, record)
            questions.append(question.model_copy(update={"basis": basis_of(question, facts)}))
            known = {"type", "question", "options", "answer"}
            if rest := {key: one for key, one in record.items() if key not in known}:
                unknown[question.id] = rest
    extra: _Record = {"questions": unknown} if unknown else {}
    others = sorted({one.name for one in folder.iterdir()} - {file for file, _ in QUESTION_FILES})
    if kept := {one: read_json(folder / one) for one in others if one.endswith(".json")}:
        extra["question_files"] = kept
    return tuple(questions), extra


def _question(
    path: Path, number: int, question_id: str, kind: str, record: _Record
) -> SelfReportQuestion:
    place = f"question {number}"
    keys = record.get("answer")
    keys = [keys] if isinstance(keys, str) else keys
    if not isinstance(keys, list) or not keys or not all(isinstance(one, str) for one in keys):
        raise InputError("needs an answer key", path=path, field=f"{place} answer")
    text = text_field(path, record, "question", within=place)
    try:
        if kind == "cloze":
            return SelfReportQuestion(
                id=question_id, kind="cloze", text=text, answer=(keys[0],), accept=tuple(keys[1:])
            )
        return SelfReportQuestion(
            id=question_id,
            kind="single" if kind == "single" else "multiple",
            text=text,
            options=_options(path, place, record),
            answer=tuple(_letter(key) for key in keys),
        )
    except ValidationError as error:
        raise _invalid(path, error, place) from error


def _options(path: Path, place: str, record: _Record) -> dict[str, str]:
    listed = record.get("options")
    if not isinstance(listed, list) or len(listed) < 2:
        raise InputError("needs a list of options", path=path, field=f"{place} options")
    options: dict[str, str] = {}
    for one in listed:
        match = _LETTERED.match(one) if isinstance(one, str) else None
        if not match:
            raise InputError(
                f"an option must begin with its letter, as in 'A. ...', not {one!r}",
                path=path,
                field=f"{place} options",
            )
        letter, text = match.groups()
        if letter in options:
            raise InputError(f"two options {letter}", path=path, field=f"{place} options")
        options[letter] = text.strip()
    return options


def _letter(key: str) -> str:
    match = _LETTERED.match(key)
    return match.group(1) if match else key.strip().upper()


def _invalid(path: Path, error: ValidationError, owner: str) -> InputError:
    place, message = first_problem(error)
    field = ".".join(str(part) for part in place)
    return InputError(message, path=path, field=f"{owner} {field}".strip())
