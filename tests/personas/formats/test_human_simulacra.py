import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from personas.formats.human_simulacra import read_human_simulacra
from personas.formats.imports import import_persona
from personas.formats.packs import read_pack, write_pack
from simulacra.domain.persona import Persona
from simulacra.errors import InputError
from tests.support.human_simulacra import (
    NAME,
    OTHER,
    human_simulacra_folder,
    memory,
    profile,
    write,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return human_simulacra_folder(tmp_path / "data")


@pytest.fixture
def ines(folder: Path) -> Persona:
    return read_human_simulacra(folder)[0]


def test_everybody_arrives_in_the_order_of_the_profiles(folder: Path) -> None:
    people = import_persona(folder)
    assert [(one.id, one.name) for one in people] == [("ines-duarte", NAME), ("olaf-berg", OTHER)]
    assert {one.source for one in people} == {"import"}


def test_the_profile_is_mapped(ines: Persona) -> None:
    known = ines.profile
    assert (known.gender, known.age, known.date_of_birth) == ("female", 34, date(1990, 4, 3))
    assert known.hobbies == ("rowing", "crosswords", "tin toys")
    assert known.short_term_goals == ("sleeping more", "learning to weld", "visiting Faro")
    assert (known.occupation, known.long_term_goal) == ("net mender", "owning a boat")
    assert ines.biography == f"{NAME} mends nets.\n\nAnd rows."


def test_the_dash_list_of_traits_is_split_at_sentences(ines: Persona) -> None:
    assert [one.text for one in ines.personality.traits] == [
        "I count steps - always up, never down.",
        "I never lend tools.",
        "As a child, I hid.",
    ]


def test_paragraphs_are_episodes_dated_only_by_a_single_full_date(ines: Persona) -> None:
    told = [(one.id, one.when, one.age) for one in ines.episodes]
    assert told == [
        ("p001", "1990-04-03", 0), ("p002", None, None), ("p003", None, None), ("p004", None, None),
    ]  # fmt: skip
    assert ines.text_of(ines.episodes[1].span) == "She sold snails by the bucket."
    assert ines.story.count("\n\n") == 3


def test_memories_are_mapped(ines: Persona) -> None:
    assert [one.id for one in ines.memories] == ["001", "002", "003", "004", "005"]
    third = ines.memories[2]
    assert (third.content, third.summary) == ("I mended net number 3.", "Summary 3.")
    assert (third.thought, third.feeling) == ("Nets are patience, times 3.", "Calm.")
    assert third.importance is None and third.episode is None


def test_questions_lose_their_letters_and_gain_a_basis(ines: Persona) -> None:
    known = [(one.id, one.kind, one.answer, one.basis) for one in ines.questions]
    assert known == [
        ("q01", "cloze", (NAME,), "profile"),
        ("q02", "cloze", ("Gaivota",), "story"),
        ("q03", "single", ("B",), "profile"),
        ("q04", "single", ("A",), "story"),
        ("q05", "multiple", ("A", "C", "E"), "profile"),
    ]
    assert ines.questions[0].options == {}
    assert ines.questions[3].options == {"A": "Snails", "B": "A. B. Smith's maps", "C": "Nothing"}


def test_what_has_no_field_is_kept(folder: Path) -> None:
    odd = {**memory(1), "Weather": "fog"}
    write(folder, f"Memories/{NAME}/long_memory.json", {"001": odd})
    write(folder, f"Questions/{NAME}/Open.json", [{"question": "Who are you?"}])
    kept = read_human_simulacra(folder)[0].extra["human_simulacra"]
    assert kept["profile"] == {"ID": "101", "Photo": "NULL", "Shoe_size": 39}
    assert kept["introduction"]["Extra"] == {"note": "left-handed"}
    assert kept["introduction"]["Basic_infos"] == f"Name: {NAME}"
    assert "Personality_traits" not in kept["introduction"]
    assert kept["memories"] == {"001": {"Weather": "fog"}}
    assert len(kept["memory_index"]) == 5
    assert kept["questions"] == {"q03": {"difficulty": "easy"}}
    assert kept["question_files"] == {"Open.json": [{"question": "Who are you?"}]}


def test_it_survives_a_pack(folder: Path, tmp_path: Path) -> None:
    for persona in read_human_simulacra(folder):
        write_pack(persona, tmp_path / persona.id)
        assert read_pack(tmp_path / persona.id) == persona


MISSING = [
    "character_profiles.json",
    "character_introductions.json",
    f"Stories/{OTHER}/{OTHER}.txt",
    f"Memories/{OTHER}/long_memory.json",
    f"Questions/{OTHER}/Cloze.json",
    f"Questions/{OTHER}/Multiple_choices.json",
]


@pytest.mark.parametrize("path", MISSING)
def test_a_missing_file_is_named(folder: Path, path: str) -> None:
    (folder / path).unlink()
    with pytest.raises(InputError, match="missing") as caught:
        import_persona(folder)
    assert caught.value.path == folder / path


@pytest.mark.parametrize("path", [one for one in MISSING if one.endswith(".json")])
def test_broken_json_is_named_with_its_line(folder: Path, path: str) -> None:
    (folder / path).write_text('{\n "001": {,}\n}')
    with pytest.raises(InputError, match="broken JSON") as caught:
        import_persona(folder)
    assert (caught.value.path, caught.value.line) == (folder / path, 2)


QUESTION: dict[str, Any] = {"question": "Which?", "options": ["A. x", "B. y"], "answer": ["A"]}
SINGLE = f"Questions/{NAME}/Single_choice.json"


@pytest.mark.parametrize(
    ("path", "value", "field", "message"),
    [
        ("character_profiles.json", [profile(NAME, Age="old"), profile(OTHER)], "Age", "whole"),
        ("character_profiles.json", [profile(NAME, Age=999), profile(OTHER)], f"{NAME} age", "130"),
        ("character_profiles.json", [profile(NAME, Date_of_birth="1990"), profile(OTHER)],
         "Date_of_birth", "must be a date"),
        ("character_profiles.json", [profile(NAME), profile(NAME)], "Name", "twice"),
        ("character_profiles.json", [{"Name": NAME}, profile(OTHER)], "Traits", "is missing"),
        ("character_profiles.json", {}, None, "list of objects"),
        ("character_profiles.json", [], None, "no character"),
        (f"Memories/{NAME}/long_memory.json", {"001": {"Memory_Summary": "x"}}, "001", "object"),
        (f"Memories/{NAME}/long_memory.json", {"001": {"Memory": {}, "Memory_Summary": "x"}},
         "001 Memory Content", "is missing"),
        (f"Memories/{NAME}/long_memory.json", {}, None, "memories by number"),
        (f"Stories/{NAME}/{NAME}.txt", " \n\n", None, "empty"),
        (SINGLE, {}, None, "list of questions"),
        (SINGLE, [{**QUESTION, "answer": []}], "question 1 answer", "key"),
        (SINGLE, [QUESTION, {**QUESTION, "answer": ["C"]}], "question 2", "names no option: C"),
        (SINGLE, [{**QUESTION, "options": ["x", "y"]}], "question 1 options", "letter"),
        (SINGLE, [{**QUESTION, "options": ["A. x", "A. y"]}], "question 1 options", "two options"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(
    folder: Path, path: str, value: Any, field: str | None, message: str
) -> None:
    write(folder, path, value)
    with pytest.raises(InputError, match=message) as caught:
        import_persona(folder)
    assert (caught.value.path, caught.value.field) == (folder / path, field)
    assert caught.value.exit_code == 2


def test_names_must_agree(folder: Path) -> None:
    (folder / "Stories" / OTHER).rename(folder / "Stories" / "Olaf Borg")
    with pytest.raises(InputError, match=f"lacks {OTHER}"):
        import_persona(folder)
    (folder / "Stories" / OTHER).mkdir()
    with pytest.raises(InputError, match="has Olaf Borg, not named"):
        import_persona(folder)


def test_a_name_cannot_lead_out_of_the_folder(folder: Path) -> None:
    write(folder, "character_profiles.json", [profile("../../secrets")])
    with pytest.raises(InputError, match="cannot be a name"):
        import_persona(folder)


def test_text_that_is_not_utf8(folder: Path) -> None:
    path = folder / "Stories" / NAME / f"{NAME}.txt"
    path.write_bytes(b"caf\xe9")
    with pytest.raises(InputError, match="not UTF-8") as caught:
        import_persona(folder)
    assert caught.value.path == path


def test_the_published_characters_arrive_whole(shared_data: Path, tmp_path: Path) -> None:
    root = shared_data / "human-simulacra-dev"
    people = import_persona(root)
    assert {one.name: len(one.memories) for one in people} == {
        "Haley Collins": 86,
        "Kevin Kelly": 89,
        "Robert Scott": 87,
    }
    for one in people:
        raw = (root / "Stories" / one.name / f"{one.name}.txt").read_text(encoding="utf-8")
        assert one.story.split() == raw.split()
        assert len(one.episodes) == len([line for line in raw.splitlines() if line.strip()])
        assert len(one.personality.traits) == 20
        assert [q.kind for q in one.questions] == ["cloze"] * 5 + ["single"] * 5 + ["multiple"] * 5
        memories = json.loads((root / "Memories" / one.name / "long_memory.json").read_text())
        for told in one.memories:
            record = memories[told.id]
            assert told.summary == record["Memory_Summary"]
            assert [told.content, told.thought, told.feeling] == list(record["Memory"].values())
        write_pack(one, tmp_path / one.id)
        assert read_pack(tmp_path / one.id) == one


def test_the_published_questions_split_as_the_paper_says(shared_data: Path) -> None:
    for one in import_persona(shared_data / "human-simulacra-dev"):
        points = {"profile": 0, "story": 0}
        for question in one.questions:
            assert question.basis is not None
            points[question.basis] += 6 if question.kind == "multiple" else 2
        assert points == {"profile": 28, "story": 22}
