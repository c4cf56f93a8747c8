import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from personas.formats.imports import import_persona
from personas.formats.packs import read_pack, write_pack
from simulacra.domain.persona import Persona
from simulacra.errors import InputError
from tests.support.strategies import personas

PACK = Path(__file__).parents[2] / "data" / "packs" / "tove-lind"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACK, tmp_path / "tove-lind"))


def test_a_pack_is_read_whole() -> None:
    tove = read_pack(PACK, "library")
    assert (tove.id, tove.name, tove.version, tove.source) == (
        "tove-lind",
        "Tove Lind",
        1,
        "library",
    )
    assert tove.profile.date_of_birth == date(1985, 2, 11)
    assert tove.profile.attributes == {"marital_status": "divorced"}
    assert [one.text for one in tove.personality.traits][1] == "I go quiet when a room gets loud."
    assert [(one.when, one.age) for one in tove.episodes] == [
        ("1985-02", 0), ("1996", 11), ("2011-08-20", 26),
    ]  # fmt: skip
    bodies = [tove.text_of(one.span) for one in tove.episodes]
    assert tove.story == "\n\n".join(bodies)
    assert bodies[0].endswith("\n\nThe cook sent a tin spoon every birthday.")


def test_quotes_become_spans_and_memories_take_the_date_of_their_episode() -> None:
    tove = read_pack(PACK)
    rope = tove.memories[1]
    assert rope.source is not None
    assert tove.text_of(rope.source) == "A rope parted under her at Rubjerg Knude"
    assert (rope.when, rope.age, rope.importance) == ("2011-08-20", 26, 9)
    assert rope.emotions == {"fear": 8, "shame": 4}


def test_keys_may_be_written_as_numbers_and_dates() -> None:
    answers = [one.answer for one in read_pack(PACK).questions]
    assert answers[:3] == [("Tove Lind",), ("41",), ("1985-02-11",)]


def test_written_and_read_again_it_is_equal(tmp_path: Path) -> None:
    tove = read_pack(PACK)
    write_pack(tove, tmp_path / "out")
    assert read_pack(tmp_path / "out") == tove
    assert sorted(one.name for one in tmp_path.iterdir()) == ["out"]
    assert "quote: A rope parted under her" in (tmp_path / "out" / "memories.yaml").read_text()


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    tove = read_pack(PACK)
    write_pack(tove, tmp_path / "out")
    with pytest.raises(InputError, match="exists already"):
        write_pack(tove, tmp_path / "out")
    older = tove.model_copy(update={"version": 2})
    write_pack(older, tmp_path / "out", overwrite=True)
    assert read_pack(tmp_path / "out").version == 2
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(InputError, match="if it is a pack"):
        write_pack(tove, tmp_path / "mine", overwrite=True)
    assert (tmp_path / "mine" / "letter.txt").read_text() == "dear"


def test_what_cannot_be_told_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    tove = read_pack(PACK)
    loose = tove.model_copy(update={"story": f"{tove.story}\n\nA tail in no episode."})
    with pytest.raises(InputError, match="without loss: story"):
        write_pack(loose, tmp_path / "out")
    early = tove.episodes[0].model_copy(update={"when": "1950"})
    wrong = tove.model_copy(update={"episodes": (early, *tove.episodes[1:])})
    with pytest.raises(InputError, match="before the birth"):
        write_pack(wrong, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def replace(file: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


FEELING = "feeling: Proud of red hands."
PROBLEMS: list[tuple[str, Callable[[Path], None], int | None, str | None, str]] = [
    ("persona.yaml", replace("persona.yaml", "age: 41", "age: 40"), 1, None, "makes 41"),
    ("persona.yaml", replace("persona.yaml", "age: 41", "age: many"), 5, "age", "integer"),
    ("persona.yaml", replace("persona.yaml", "/1", "/9"), 1, "format", "simulacra-persona/1"),
    ("persona.yaml", replace("persona.yaml", "isced: 3", "isced: 12"), 11, "isced", "less than"),
    ("persona.yaml", replace("persona.yaml", "place:", "plaice:"), 13, "plaice", "not known"),
    ("persona.yaml", replace("persona.yaml", "place:", "age:"), 13, None, "twice"),
    ("persona.yaml", replace("persona.yaml", "place:", "story:"), 13, "story", "does not belong"),
    ("persona.yaml", replace("persona.yaml", "id: tove-lind", "id: Tove Lind"), 2, "id", "pattern"),
    ("persona.yaml", replace("persona.yaml", "name: Tove Lind\n", ""), 1, "name", "required"),
    ("persona.yaml", replace("persona.yaml", "Te, Ne", "Ne, Ne"), 20, "personality", "eight"),
    ("persona.yaml", replace("persona.yaml", "culture: Danish", "culture: [Danish"), 15, None,
     "broken YAML"),
    ("story.md", replace("story.md", "| age 11 |", "| age 12 |"), 7, None, "e02: its age is 12"),
    ("story.md", replace("story.md", "1996 | age 11", "1984 | age 0"), 7, None, "before"),
    ("story.md", replace("story.md", "2011-08-20", "2011-02-30"), 11, None, "no date 2011-02-30"),
    ("story.md", replace("story.md", "2011-08-20 | age 26", "1995 | age 10"), 11, None,
     "before that"),
    ("story.md", replace("story.md", "2011-08-20 | age 26", "2027 | age 42"), 11, None, "after"),
    ("story.md", replace("story.md", "1996 | age 11 |", "1996 |"), 7, None, "heading must be"),
    ("story.md", replace("story.md", "| age 11 |", "| eleven |"), 7, None, "age N"),
    ("story.md", replace("story.md", "## e01", "Once.\n## e01"), 1, None, "before the first"),
    ("story.md", replace("story.md", "e03", "e02"), 11, None, "two episodes e02"),
    ("story.md", replace("story.md", "## e02", "## e00 | 1990 | age 5 | Empty\n\n## e02"), 7, None,
     "e00 has no text"),
    ("memories.yaml", replace("memories.yaml", "He paid her in herring", "He paid in gold"), 21,
     "m03.quote", "does not occur in episode e02"),
    ("memories.yaml", replace("memories.yaml", "episode: e02", "episode: e01"), 21,
     "m03.quote", "does not occur in episode e01"),
    ("memories.yaml", replace("memories.yaml", FEELING, "feeling: " + "so " * 101), 24,
     "m03.feeling", "101 words; at most 100"),
    ("memories.yaml", replace("memories.yaml", "summary: I carried", "summary: " + "so " * 20), 26,
     "m03.summary", "at most 20"),
    ("memories.yaml", replace("memories.yaml", "pride: 8", "glee: 8"), 25,
     "memories.2.emotions.glee", "joy"),
    ("memories.yaml", replace("memories.yaml", "importance: 9", "importance: 11"), 18,
     "memories.1.importance", "less than or equal to 10"),
    ("memories.yaml", replace("memories.yaml", FEELING, FEELING + "\n  mood: odd"), 25,
     "memories.2.mood", "not known"),
    ("memories.yaml", replace("memories.yaml", "- id: m01", "- *m01\n- id: m01"), 1, None, "YAML"),
    ("questions.yaml", replace("questions.yaml", "answer: [B]", "answer: [E]"), 4,
     "questions.3", "names no option: E"),
    ("questions.yaml", replace("questions.yaml", "episode: e02", "episode: e09"), 10,
     "q04.episode", "no episode e09"),
    ("questions.yaml", replace("questions.yaml", "kind: single", "kind: riddle"), 5,
     "questions.3.kind", "multiple"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "change", "line", "field", "message"),
    PROBLEMS,
    ids=[f"{one[0]}-{one[4]}" for one in PROBLEMS],
)
def test_errors_name_file_line_and_field(
    pack: Path,
    file: str,
    change: Callable[[Path], None],
    line: int | None,
    field: str | None,
    message: str,
) -> None:
    change(pack)
    with pytest.raises(InputError, match=message) as caught:
        import_persona(pack)
    found = caught.value
    assert found.path == pack / file
    assert (found.line, found.field) == (line, field)
    assert str(pack / file) in str(found)


FACT = (
    "- subject: Tove\n  relation: was paid in\n  object: herring\n  episode: e02\n"
    "  quote: He paid her in herring\n"
)


def test_facts_rest_on_quotes(pack: Path, tmp_path: Path) -> None:
    (pack / "facts.yaml").write_text(FACT, encoding="utf-8")
    replace("persona.yaml", "isced: 3", "isced: 3\nweight: 1.25")(pack)
    tove = read_pack(pack)
    assert tove.weight == 1.25
    assert [(one.subject, one.relation, one.object, one.episode) for one in tove.facts] == [
        ("Tove", "was paid in", "herring", "e02")
    ]
    assert tove.text_of(tove.facts[0].span) == "He paid her in herring"
    write_pack(tove, tmp_path / "out")
    assert (tmp_path / "out" / "facts.yaml").read_text(encoding="utf-8") == FACT
    assert "weight: 1.25" in (tmp_path / "out" / "persona.yaml").read_text()
    write_pack(read_pack(PACK), tmp_path / "plain")
    assert not (tmp_path / "plain" / "facts.yaml").exists()
    assert "weight" not in (tmp_path / "plain" / "persona.yaml").read_text()


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "message"),
    [
        ("He paid her in herring", "He paid in gold", 5, "1.quote", "does not occur in episode"),
        ("  quote: He paid her in herring\n", "", 1, "1.quote", "needs the words"),
        ("quote: He paid her in herring", "source: {start: 0, end: 9999}", 1, None, "outside"),
        ("relation: was paid in", "relation: ''", 2, "facts.0.relation", "at least 1"),
        ("object: herring", "object: herring\n  mood: odd", 4, "facts.0.mood", "not known"),
        ("  relation: was paid in\n", "", 1, "facts.0.relation", "required"),
        ("e02\n  quote: He paid her in herring", "e9\n  source: {start: 0, end: 2}", 4,
         "1.episode", "no episode e9"),
    ],
)  # fmt: skip
def test_errors_in_facts_name_line_and_field(
    pack: Path, old: str, new: str, line: int, field: str | None, message: str
) -> None:
    (pack / "facts.yaml").write_text(FACT, encoding="utf-8")
    replace("facts.yaml", old, new)(pack)
    with pytest.raises(InputError, match=message) as caught:
        read_pack(pack)
    assert (caught.value.line, caught.value.field) == (line, field)
    assert caught.value.path == pack / ("facts.yaml" if field else "persona.yaml")


@pytest.mark.parametrize("file", ["story.md", "memories.yaml", "questions.yaml"])
def test_a_missing_file_is_named(pack: Path, file: str) -> None:
    (pack / file).unlink()
    with pytest.raises(InputError, match="missing") as caught:
        import_persona(pack)
    assert caught.value.path == pack / file


def test_wider_budgets_must_be_stated(pack: Path, tmp_path: Path) -> None:
    replace("memories.yaml", FEELING, "feeling: " + "so " * 120)(pack)
    replace("persona.yaml", "isced: 3", "isced: 3\nmemory_words: {feeling: 120}")(pack)
    tove = import_persona(pack)[0]
    write_pack(tove, tmp_path / "out")
    assert "feeling: 120" in (tmp_path / "out" / "persona.yaml").read_text()
    replace("persona.yaml", "{feeling: 120}", "{mood: 120}")(pack)
    with pytest.raises(InputError, match="content, thought, feeling, summary"):
        import_persona(pack)


def test_only_characters_can_be_imported(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        import_persona(tmp_path / "nobody")
    with pytest.raises(InputError, match=r"persona pack .* Human Simulacra"):
        import_persona(tmp_path)
    (tmp_path / "note.txt").write_text("hello")
    with pytest.raises(InputError, match="is not a character"):
        import_persona(tmp_path / "note.txt")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(persona=personas())
def test_every_persona_comes_back_equal(
    persona: Persona, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("packs") / "out"
    write_pack(persona, folder)
    assert read_pack(folder, persona.source) == persona
