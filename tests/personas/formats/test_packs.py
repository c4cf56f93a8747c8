import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from personas.formats.imports import import_persona
from personas.formats.packs import read_pack, write_pack
from simulacra.domain.emotion import EMOTIONS
from simulacra.domain.memory import Memory, Span
from simulacra.domain.persona import (
    FACETS,
    FUNCTIONS,
    Episode,
    Fact,
    Persona,
    Personality,
    Profile,
    SelfReportQuestion,
    Trait,
)
from simulacra.errors import InputError

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
        ("relation: was paid in", "verb: paid", 2, "facts.0.verb", "not known"),
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
    with pytest.raises(InputError, match="no such folder"):
        import_persona(tmp_path / "nobody")
    with pytest.raises(InputError, match=r"persona pack .* Human Simulacra"):
        import_persona(tmp_path)
    (tmp_path / "note.txt").write_text("hello")
    with pytest.raises(InputError, match="is not a character"):
        import_persona(tmp_path / "note.txt")


# ---- any persona, written and read ---------------------------------------------------------------

# Lines end in \n wherever files are read, so \r cannot be part of a text; surrogates are no text.
ANY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=40)
LINE = st.text(
    st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="|"), max_size=30
).map(str.strip)
PARAGRAPH = LINE.filter(lambda text: bool(text) and not text.startswith("##"))
BODY = st.lists(PARAGRAPH, min_size=1, max_size=4).map("\n\n".join)
NAME = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,8}", fullmatch=True)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | ANY,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(ANY, inner, max_size=2),
    max_leaves=4,
)


@st.composite
def stories(draw: st.DrawFn) -> tuple[str, tuple[Episode, ...]]:
    bodies = draw(st.lists(BODY, max_size=4))
    if not bodies:
        return draw(BODY | st.just("")), ()
    episodes, start, year = [], 0, 1990
    for number, body in enumerate(bodies):
        year += draw(st.integers(0, 5))
        when = draw(st.sampled_from([None, f"{year}", f"{year}-12", f"{year}-12-31"]))
        age = (
            draw(st.sampled_from([None, year - 1990]))
            if when
            else draw(st.none() | st.integers(0, 99))
        )
        span = Span(start=start, end=start + len(body))
        title = draw(LINE)
        episodes.append(Episode(id=f"e{number}", when=when, age=age, title=title, span=span))
        start += len(body) + 2
    return "\n\n".join(bodies), tuple(episodes)


@st.composite
def memories(draw: st.DrawFn, story: str, episodes: tuple[Episode, ...], name: str) -> Memory:
    episode = draw(st.sampled_from([None, *episodes]))
    bounds = episode.span if episode and draw(st.booleans()) else Span(start=0, end=len(story))
    start = draw(st.integers(bounds.start, bounds.end))
    source = draw(st.none() | st.just(Span(start=start, end=draw(st.integers(start, bounds.end)))))
    return Memory(
        id=name,
        content=draw(ANY | st.just("word " * 130)),
        thought=draw(ANY),
        feeling=draw(ANY),
        summary=draw(ANY),
        when=draw(st.sampled_from([None, "1999", episode.when if episode else None])),
        age=draw(st.none() | st.integers(0, 99)),
        importance=draw(st.none() | st.integers(1, 10)),
        emotions=draw(st.dictionaries(st.sampled_from(EMOTIONS), st.integers(0, 10), max_size=3)),
        episode=episode.id if episode else None,
        source=source,
        origin=draw(st.sampled_from(["life", "conversation"])),
    )


@st.composite
def questions(draw: st.DrawFn, episodes: tuple[Episode, ...], name: str) -> SelfReportQuestion:
    kind = draw(st.sampled_from(["cloze", "single", "multiple"]))
    common: dict[str, Any] = {
        "id": name,
        "kind": kind,
        "text": draw(ANY),
        "basis": draw(st.sampled_from([None, "profile", "story"])),
        "episode": draw(st.sampled_from([None, *(one.id for one in episodes)])),
    }
    if kind == "cloze":
        values = st.lists(ANY, max_size=2).map(tuple)
        return SelfReportQuestion(answer=(draw(ANY),), accept=draw(values), **common)
    options = draw(st.dictionaries(st.sampled_from("ABCDNYE"), ANY, min_size=2))
    keys = draw(st.lists(st.sampled_from(sorted(options)), min_size=1, unique=True))
    return SelfReportQuestion(options=options, answer=tuple(keys), **common)


@st.composite
def facts(draw: st.DrawFn, story: str, episodes: tuple[Episode, ...]) -> Fact:
    episode = draw(st.sampled_from([None, *episodes]))
    bounds = episode.span if episode and draw(st.booleans()) else Span(start=0, end=len(story))
    start = draw(st.integers(bounds.start, bounds.end))
    words = ANY.filter(bool)
    return Fact(
        subject=draw(words),
        relation=draw(words),
        object=draw(words),
        episode=episode.id if episode else None,
        span=Span(start=start, end=draw(st.integers(start, bounds.end))),
    )


@st.composite
def personas(draw: st.DrawFn) -> Persona:
    story, episodes = draw(stories())
    texts = st.lists(ANY, max_size=3).map(tuple)
    facets = draw(st.sampled_from([{}, {facet: 1 + n % 5 for n, facet in enumerate(FACETS)}]))
    functions = draw(st.sampled_from([(), FUNCTIONS[:1] + FUNCTIONS[4:] + FUNCTIONS[1:4]]))
    traits = st.builds(
        Trait,
        text=ANY,
        function=st.none() | st.sampled_from(FUNCTIONS),
        rank=st.none() | st.integers(1, 8),
    )
    names = draw(st.lists(NAME, max_size=3, unique=True))
    return Persona(
        id=draw(NAME),
        name=draw(ANY.filter(bool)),
        version=draw(st.integers(1, 5)),
        source=draw(st.sampled_from(["library", "import", "sample", "written"])),
        weight=draw(st.just(1.0) | st.floats(0, exclude_min=True, allow_infinity=False)),
        profile=Profile(
            gender=draw(ANY),
            age=40,
            date_of_birth=draw(st.sampled_from([None, date(1990, 1, 1)])),
            as_of=draw(st.sampled_from([None, date(2030, 5, 1)])),
            occupation=draw(ANY),
            isco=draw(st.none() | ANY.filter(bool)),
            isced=draw(st.none() | st.integers(0, 8)),
            place=draw(ANY),
            languages=draw(texts),
            hobbies=draw(texts),
            attributes=draw(st.dictionaries(ANY, ANY, max_size=2)),
        ),
        personality=Personality(
            facets=facets, functions=functions, traits=tuple(draw(st.lists(traits, max_size=2)))
        ),
        biography=draw(ANY),
        story=story,
        episodes=episodes,
        facts=tuple(draw(st.lists(facts(story, episodes), max_size=2))),
        memories=tuple(draw(memories(story, episodes, name)) for name in names),
        questions=tuple(draw(questions(episodes, name)) for name in names),
        extra=draw(st.dictionaries(ANY, JSON, max_size=2)),
    )


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
