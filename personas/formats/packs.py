"""The persona pack: one character as a folder of files that people can read and edit.

    persona.yaml     who it is: profile, personality, biography
    story.md         the life story in dated episodes
    memories.yaml    what the character remembers, each with the sentence it comes from
    questions.yaml   questions about the character, with keys
    facts.yaml       what passages of the story say, each with its quote (may be absent)

Reading checks everything; what is written is read back and compared before it takes its place.
"""

import shutil
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from personas.formats.pack_writing import pack_files
from personas.formats.story import Story, read_story
from personas.formats.text_files import Lines, Place, first_problem, line_of, read_text, read_yaml
from simulacra.domain.memory import Span
from simulacra.domain.persona import Episode, Persona, Profile, Source
from simulacra.errors import InputError, WorkFailed

FORMAT = "simulacra-persona/1"
PERSONA, STORY = "persona.yaml", "story.md"
MEMORIES, QUESTIONS, FACTS = "memories.yaml", "questions.yaml", "facts.yaml"
MEMORY_WORDS: Mapping[str, int] = {"content": 100, "thought": 50, "feeling": 100, "summary": 20}
# Parts of a persona that are not told in persona.yaml.
_ELSEWHERE = frozenset({"source", "profile", "story", "episodes", "memories", "questions", "facts"})

_Record = dict[str, Any]
_Files = Mapping[str, tuple[str, Lines]]


def is_pack(folder: Path) -> bool:
    """Whether a folder looks like a pack."""
    return (folder / PERSONA).exists()


def read_pack(folder: Path, source: Source = "import") -> Persona:
    """The character of a pack.

    Raises:
        InputError: a file is missing, broken or breaks a rule; names file, line and field.
    """
    data, lines = _mapping(folder / PERSONA)
    if data.pop("format", None) != FORMAT:
        raise InputError(
            f"must be '{FORMAT}'", path=folder / PERSONA, line=lines.get(("format",)),
            field="format",
        )  # fmt: skip
    for key in _ELSEWHERE & set(data):
        raise InputError(
            "does not belong here", path=folder / PERSONA, line=lines[(key,)], field=key
        )
    limits = _limits(folder / PERSONA, data.pop("memory_words", {}), lines)
    raw_profile = {key: data.pop(key) for key in list(data) if key in Profile.model_fields}
    story = read_story(
        read_text(folder / STORY),
        folder / STORY,
        born=_date(raw_profile.get("date_of_birth")),
        as_of=_date(raw_profile.get("as_of")),
    )
    memories, memory_lines = _list(folder / MEMORIES)
    questions, question_lines = _list(folder / QUESTIONS)
    facts, fact_lines = _list(folder / FACTS) if (folder / FACTS).exists() else ([], {})
    _check_words(folder / MEMORIES, memories, memory_lines, limits)
    whole = {
        **data,
        "source": source,
        "profile": raw_profile,
        "personality": _personality(data.get("personality", {})),
        "story": story.text,
        "episodes": story.episodes,
        "memories": [
            _memory(folder / MEMORIES, number, memory, story, memory_lines)
            for number, memory in enumerate(memories)
        ],
        "questions": [question_values(question) for question in questions],
        "facts": [
            _fact(folder / FACTS, number, fact, story, fact_lines)
            for number, fact in enumerate(facts)
        ],
    }
    files = {
        "memories": (MEMORIES, memory_lines),
        "questions": (QUESTIONS, question_lines),
        "facts": (FACTS, fact_lines),
    }
    try:
        persona = Persona.model_validate(whole)
    except ValidationError as error:
        place, message = first_problem(error)
        raise _located(folder, place, message, story, lines, files) from error
    _check_references(folder, persona, files)
    return persona


def write_pack(persona: Persona, folder: Path, *, overwrite: bool = False) -> None:
    """Write a pack; it appears whole or not at all.

    Raises:
        InputError: the folder exists already (and is no pack, or ``overwrite`` is not set), or a
            part of the persona cannot be told in this format without loss.
        WorkFailed: the files cannot be written.
    """
    if folder.exists() and not (overwrite and is_pack(folder)):
        raise InputError(
            "exists already; choose another folder, or ask to overwrite it if it is a pack",
            path=folder,
        )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".pack-", dir=folder.parent) as scratch:
            fresh = Path(scratch) / "new"
            _write_files(persona, fresh)
            _compare(persona, fresh, folder)
            if folder.exists():
                folder.rename(Path(scratch) / "old")
            shutil.move(fresh, folder)
    except OSError as error:
        raise WorkFailed(
            f"The pack cannot be written to {folder} ({error.strerror}); check permissions and "
            "free space."
        ) from error


def _write_files(persona: Persona, folder: Path) -> None:
    folder.mkdir()
    for name, text in pack_files(persona, FORMAT, MEMORY_WORDS).items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def _compare(persona: Persona, fresh: Path, folder: Path) -> None:
    try:
        again = read_pack(fresh, persona.source)
    except InputError as error:
        problem = str(error).replace(f"{fresh}/", "")
        raise InputError(
            f"{persona.name} cannot be written as a pack ({problem})", path=folder
        ) from error
    for field in Persona.model_fields:
        if getattr(again, field) != getattr(persona, field):
            raise InputError(
                f"{persona.name} cannot be written as a pack without loss: {field} would come "
                "back changed",
                path=folder,
                field=field,
            )


# ---- reading the parts --------------------------------------------------------------------------


def _mapping(path: Path) -> tuple[_Record, Lines]:
    data, lines = read_yaml(path)
    if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
        raise InputError("must be a mapping of fields", path=path, line=1)
    return data, lines


def _list(path: Path) -> tuple[list[_Record], Lines]:
    data, lines = read_yaml(path)
    data = [] if data is None else data
    if not isinstance(data, list):
        raise InputError("must be a list", path=path, line=1)
    for number, record in enumerate(data):
        if not isinstance(record, dict):
            raise InputError("must be a mapping of fields", path=path, line=lines[(number,)])
    return data, lines


def _date(value: Any) -> date | None:
    """A date as YAML reads it; whatever else stands there is refused with the profile."""
    return value if isinstance(value, date) else None


def _personality(value: Any) -> Any:
    """Traits are plain sentences in the file, or mappings where more is known of one."""
    if not isinstance(value, dict) or not isinstance(value.get("traits"), list):
        return value
    traits = [{"text": one} if isinstance(one, str) else one for one in value["traits"]]
    return {**value, "traits": traits}


def _limits(path: Path, stated: Any, lines: Lines) -> dict[str, int]:
    """Word budgets of memories; a pack may state wider ones for memories from elsewhere."""
    known = isinstance(stated, dict) and all(
        key in MEMORY_WORDS and isinstance(one, int) for key, one in stated.items()
    )
    if not known:
        raise InputError(
            f"must give whole numbers for some of {', '.join(MEMORY_WORDS)}",
            path=path,
            line=lines.get(("memory_words",)),
            field="memory_words",
        )
    return {**MEMORY_WORDS, **stated}


def _check_words(
    path: Path, memories: list[_Record], lines: Lines, limits: Mapping[str, int]
) -> None:
    for number, memory in enumerate(memories):
        for field, most in limits.items():
            words = len(str(memory.get(field, "")).split())
            if words > most:
                raise InputError(
                    f"has {words} words; at most {most} are allowed",
                    path=path,
                    line=line_of(lines, (number, field)),
                    field=f"{memory.get('id', number + 1)}.{field}",
                )


def _memory(path: Path, number: int, record: _Record, story: Story, lines: Lines) -> _Record:
    """The quote becomes its place in the story; date and age are the episode's unless stated."""
    episode = _episode(record, story)
    memory = dict(record)
    if episode:
        memory.setdefault("when", episode.when)
        memory.setdefault("age", episode.age)
    return memory if "quote" not in memory else _placed(path, number, memory, story, lines)


def _fact(path: Path, number: int, record: _Record, story: Story, lines: Lines) -> _Record:
    """The words that a fact rests on: a quote from its episode, or offsets."""
    if "quote" not in record and "source" not in record:
        raise InputError(
            "needs the words it rests on: give quote, or source with start and end",
            path=path,
            line=line_of(lines, (number,)),
            field=f"{number + 1}.quote",
        )
    fact = _placed(path, number, record, story, lines) if "quote" in record else dict(record)
    span = fact.pop("source")
    return {**fact, "span": span}


def _placed(path: Path, number: int, record: _Record, story: Story, lines: Lines) -> _Record:
    """The record with its quote turned into ``source``, the first such text of its episode."""
    episode = _episode(record, story)
    quote = record["quote"]
    start = -1
    if isinstance(quote, str) and episode and quote:
        start = story.text.find(quote, episode.span.start, episode.span.end)
    if start < 0:
        raise InputError(
            f"this text does not occur in episode {record.get('episode')}",
            path=path,
            line=line_of(lines, (number, "quote")),
            field=f"{record.get('id', number + 1)}.quote",
        )
    rest = {key: value for key, value in record.items() if key != "quote"}
    return {**rest, "source": Span(start=start, end=start + len(quote))}


def _episode(record: _Record, story: Story) -> Episode | None:
    return next((one for one in story.episodes if one.id == record.get("episode")), None)


def question_values(record: _Record) -> _Record:
    """A question as read: keys may be written as plain numbers or dates; they are texts."""
    question = dict(record)
    for field in ("answer", "accept"):
        if isinstance(question.get(field), list):
            question[field] = [
                str(one) if isinstance(one, int | date) and not isinstance(one, bool) else one
                for one in question[field]
            ]
    return question


def _check_references(folder: Path, persona: Persona, files: _Files) -> None:
    episodes = {episode.id for episode in persona.episodes}
    named: dict[str, list[tuple[str, str | None]]] = {
        "memories": [(one.id, one.episode) for one in persona.memories],
        "questions": [(one.id, one.episode) for one in persona.questions],
        "facts": [(str(number), one.episode) for number, one in enumerate(persona.facts, 1)],
    }
    for part, owners in named.items():
        file, lines = files[part]
        for number, (owner, episode) in enumerate(owners):
            if episode is not None and episode not in episodes:
                raise InputError(
                    f"there is no episode {episode}",
                    path=folder / file,
                    line=line_of(lines, (number, "episode")),
                    field=f"{owner}.episode",
                )


def _located(
    folder: Path, place: Place, message: str, story: Story, persona_lines: Lines, files: _Files
) -> InputError:
    """The error with the file and line that a place in the persona comes from."""
    head, rest = (place[0], place[1:]) if place else ("", ())
    place = tuple(part for part in place if part != "[key]")  # pydantic's mark of a key
    field = ".".join(str(part) for part in place)
    if head in files:
        file, lines = files[str(head)]
        return InputError(message, path=folder / file, line=line_of(lines, rest), field=field)
    if head == "episodes":
        number = rest[0] if rest and isinstance(rest[0], int) else 0
        line = story.lines[number] if story.lines else None
        return InputError(message, path=folder / STORY, line=line, field=field)
    if head == "profile":
        place, field = rest, ".".join(str(part) for part in rest)
    return InputError(
        message, path=folder / PERSONA, line=line_of(persona_lines, place), field=field or None
    )
