import base64
import io
import json
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from personas.formats.card_pictures import avatar
from personas.formats.card_writing import write_card, write_picture
from personas.formats.character_card import LARGEST
from personas.formats.imports import import_persona
from simulacra.domain.persona import Persona
from simulacra.errors import InputError
from tests.support.people import ilka
from tests.support.strategies import personas

TEXTS: dict[str, Any] = {
    "name": "Pilar Ocampo",
    "description": "{{char}} keeps bees on a roof in Rosario.\nAge: 61\nGender: female",
    "personality": "Slow to answer, quick to laugh. Likes {{user}} at once.",
    "scenario": "A rooftop, late in spring.",
    "first_mes": "Mind the third hive.",
    "mes_example": "<START>\n{{user}}: Hi\n{{char}}: Good day.",
}
CARD: dict[str, Any] = {
    "spec": "chara_card_v2",
    "spec_version": "2.0",
    "vendor": {"kept": [1, 2.5, None]},
    "data": {
        **TEXTS,
        "creator_notes": "Try asking about swarms.",
        "system_prompt": "",
        "post_history_instructions": "",
        "alternate_greetings": ["You again."],
        "character_book": {"entries": [{"keys": ["hive"], "content": "Nine.", "odd": True}]},
        "tags": ["bees"],
        "creator": "nobody",
        "character_version": "7",
        "extensions": {"depth_prompt": {"depth": 4, "prompt": "x"}},
        "later_field": "kept too",
    },
}


def put(path: Path, card: Any) -> Path:
    path.write_text(card if isinstance(card, str) else json.dumps(card), encoding="utf-8")
    return path


def png(path: Path, *, chunk: str = "chara", text: str | None = None, size: int = 4) -> Path:
    info = PngInfo()
    info.add_text(chunk, text or base64.b64encode(json.dumps(CARD).encode()).decode())
    Image.new("RGB", (size, size), "teal").save(path, format="PNG", pnginfo=info)
    return path


def without_ours(path: Path) -> Any:
    card = json.loads(path.read_text(encoding="utf-8"))
    del card["data"]["extensions"]["simulacra"]
    return card


def test_a_card_becomes_a_person_and_nothing_is_made_up(tmp_path: Path) -> None:
    pilar = import_persona(put(tmp_path / "c.json", CARD))[0]
    assert (pilar.id, pilar.name, pilar.source) == ("pilar-ocampo", "Pilar Ocampo", "import")
    assert (pilar.profile.age, pilar.profile.gender) == (61, "female")
    assert pilar.biography == (
        "Pilar Ocampo keeps bees on a roof in Rosario.\nAge: 61\nGender: female\n\n"
        "Slow to answer, quick to laugh. Likes the user at once."
    )
    assert (pilar.story, pilar.memories, pilar.profile.occupation) == ("", (), "")
    assert pilar.extra["character_card"] == CARD


def test_unknown_keys_are_written_back(tmp_path: Path) -> None:
    pilar = import_persona(put(tmp_path / "c.json", CARD))[0]
    write_card(pilar, tmp_path / "out.json")
    assert without_ours(tmp_path / "out.json") == CARD
    assert import_persona(tmp_path / "out.json")[0] == pilar


def test_a_changed_biography_replaces_the_words_of_the_card(tmp_path: Path) -> None:
    pilar = import_persona(put(tmp_path / "c.json", CARD))[0]
    moved = pilar.model_copy(update={"biography": "She sold the hives."})
    write_card(moved, tmp_path / "out.json")
    data = without_ours(tmp_path / "out.json")["data"]
    assert data["description"] == "Gender: female\nAge: 61\n\nShe sold the hives."
    assert (data["first_mes"], data["later_field"]) == ("Mind the third hive.", "kept too")
    back = import_persona(tmp_path / "out.json")[0]
    assert back.model_copy(update={"extra": {}}) == moved.model_copy(update={"extra": {}})


def test_version_1_and_what_stands_beside_it(tmp_path: Path) -> None:
    old = {**TEXTS, "chat": "Pilar - 2023", "name": "Pilar"}
    pilar = import_persona(put(tmp_path / "c.json", old))[0]
    write_card(pilar, tmp_path / "out.json")
    card = without_ours(tmp_path / "out.json")
    assert (card["spec"], card["chat"]) == ("chara_card_v2", "Pilar - 2023")
    assert {key: card["data"][key] for key in TEXTS} == {**TEXTS, "name": "Pilar"}
    assert import_persona(tmp_path / "out.json")[0] == pilar


def test_our_own_people_come_back_whole(tmp_path: Path) -> None:
    person = ilka().model_copy(update={"source": "import", "weight": 0.5})
    write_card(person, tmp_path / "c.json")
    write_picture(person, tmp_path / "c.png")
    assert import_persona(tmp_path / "c.json") == [person]
    assert import_persona(tmp_path / "c.png") == [person]
    data = json.loads((tmp_path / "c.json").read_text())["data"]
    assert "Age: 54" in data["description"] and person.biography in data["description"]
    assert data["personality"].splitlines() == [one.text for one in person.personality.traits]


def test_words_changed_elsewhere_are_taken(tmp_path: Path) -> None:
    write_card(ilka(), tmp_path / "c.json")
    card = json.loads((tmp_path / "c.json").read_text())
    card["data"]["description"] = "Ilka left the trams."
    card["data"]["first_mes"] = "Yes?"
    back = import_persona(put(tmp_path / "c.json", card))[0]
    assert back.biography == f"Ilka left the trams.\n\n{card['data']['personality']}"
    assert back.memories == ilka().memories
    write_card(back, tmp_path / "again.json")
    assert without_ours(tmp_path / "again.json")["data"]["first_mes"] == "Yes?"
    assert import_persona(tmp_path / "again.json") == [back]


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(persona=personas())
def test_every_persona_comes_back_equal(
    persona: Persona, tmp_path_factory: pytest.TempPathFactory
) -> None:
    out = tmp_path_factory.mktemp("cards") / "c.json"
    persona = persona.model_copy(update={"source": "import"})
    if not persona.name.strip() or not persona.name.isprintable():
        with pytest.raises(InputError, match="cannot bear the name"):
            write_card(persona, out)
        persona = persona.model_copy(update={"name": "Plain Name"})
    write_card(persona, out)
    assert import_persona(out) == [persona]


def test_the_picture_is_kept_where_it_is_given_again(tmp_path: Path) -> None:
    card = png(tmp_path / "c.png", size=7)
    pilar = import_persona(card)[0]
    write_picture(pilar, tmp_path / "same.png", picture=card)
    write_picture(pilar, tmp_path / "drawn.png")
    with Image.open(tmp_path / "same.png") as image:
        assert (image.size, image.getpixel((3, 3))) == ((7, 7), (0, 128, 128))
    for name in ("same.png", "drawn.png"):
        assert import_persona(tmp_path / name) == [pilar]


def test_an_avatar_depends_on_the_id_alone() -> None:
    assert avatar("a").tobytes() == avatar("a").tobytes()
    assert avatar("a").tobytes() != avatar("b").tobytes()


@pytest.mark.parametrize(
    ("words", "known"),
    [
        ("Age: 34. Gender: trans woman.", (34, "trans woman")),
        ('[Character("P") {Age("34") Gender("Female" + "she")}]', (34, "female")),
        ("**Age:** 34\n**Sex:** Male", (34, "male")),
        ("Gender: non-binary Age: 34", (34, "non-binary")),
        ("age = 0; gender = m", (0, "m")),
    ],
)
def test_explicit_fields_are_read(tmp_path: Path, words: str, known: tuple[int, str]) -> None:
    card = {**TEXTS, "description": words, "personality": ""}
    profile = import_persona(put(tmp_path / "c.json", card))[0].profile
    assert (profile.age, profile.gender) == known


@pytest.mark.parametrize(
    ("words", "lacking"),
    [
        ("A woman of 34. Language: French. Average: 3.", "--age N and --gender WORD"),
        ("Age: 34, later Age: 40. Gender: female", "--age N with"),
        ("Age: 34. Gender: she has never said much about it", "--gender WORD with"),
    ],
)
def test_nothing_is_guessed(tmp_path: Path, words: str, lacking: str) -> None:
    card = put(tmp_path / "c.json", {**TEXTS, "description": words, "personality": ""})
    with pytest.raises(InputError, match=lacking):
        import_persona(card)
    told = import_persona(card, age=35, gender="female")[0].profile
    assert (told.age, told.gender) == (35, "female")


def test_flags_are_for_cards(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="for character cards alone"):
        import_persona(tmp_path, age=3)


def test_a_name_without_latin_letters_gets_an_id(tmp_path: Path) -> None:
    person = import_persona(put(tmp_path / "c.json", {**TEXTS, "name": "雪"}))[0]
    assert person.id.startswith("card-") and person.name == "雪"


V2 = {"spec": "chara_card_v2", "spec_version": "2.0"}
HUGE_AGE = {**TEXTS, "description": "Age: 900. Gender: elf"}
PROBLEMS: list[tuple[Any, str]] = [
    ({**CARD, "spec": "chara_card_v3", "spec_version": "3.0"}, "version 1 or 2.*chara_card_v3"),
    ({**V2, "data": [1]}, "data: must be an object"),
    ({**V2, "data": {"name": 3}}, "data.name: must be a text"),
    ({**V2, "data": {**TEXTS, "tags": ["a", 1]}}, "data.tags: must be a list of texts"),
    ({**V2, "data": {**TEXTS, "extensions": 3}}, "data.extensions: must be an object"),
    ({**TEXTS, "name": " \n"}, "data.name: must be a name on one line"),
    ({"title": "a"}, "neither spec nor"),
    ([], "one JSON object"),
    ("{", "broken JSON"),
    ("[" * 100_000, "nested too deeply"),
    ('{"name": NaN}', "NaN"),
    ('{"name": ' + "9" * 5000 + "}", "broken JSON"),
    (r'{"name": "\ud800", "description": "Age: 3 Gender: m"}', "surrogate|one line"),
    (r'{"name": "A", "description": "\ud800 Age: 3 Gender: m"}', "lone surrogate"),
    (HUGE_AGE, "profile.age|age"),
    ({**V2, "data": {**TEXTS, "extensions": {"simulacra": {"format": "simulacra-card/1"}}}},
     "not as we write it"),
    ({**V2, "data": {**TEXTS, "extensions":
      {"simulacra": {"format": "simulacra-card/1", "persona": {"id": "x"}}}}}, "required"),
]  # fmt: skip


@pytest.mark.parametrize(("card", "message"), PROBLEMS, ids=[one[1] for one in PROBLEMS])
def test_a_broken_card_is_one_sentence(tmp_path: Path, card: Any, message: str) -> None:
    path = put(tmp_path / "c.json", card)
    with pytest.raises(InputError, match=message) as caught:
        import_persona(path)
    assert caught.value.path == path
    assert "\n" not in str(caught.value)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def raw_png(width: int, *chunks: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, width, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IEND", b"")


PIXELS = chunk(b"IDAT", zlib.compress(b"\0" * 4))
BOMB = chunk(b"zTXt", b"chara\0\0" + zlib.compress(b"A" * 50_000_000))
PICTURES = [
    (b"not a picture", "no PNG picture"),
    (b"\x89PNG\r\n\x1a\n" + b"rubbish" * 9, "broken one"),
    (raw_png(60_000, PIXELS), "broken one|pixels"),
    (raw_png(5_000, PIXELS), "25,000,000 pixels"),
    (raw_png(1, BOMB, PIXELS), "broken one"),
    (raw_png(1, PIXELS), "without a character card$"),
    (raw_png(1, PIXELS, chunk(b"tEXt", b"ccv3\0e30=")), "only one of version 3"),
    (raw_png(1, PIXELS, chunk(b"tEXt", b"chara\0!!!")), "no base64"),
    (raw_png(1, PIXELS, chunk(b"tEXt", b"chara\0/w==")), "no base64 of a text"),
    (raw_png(1, PIXELS, chunk(b"tEXt", b"chara\0e30=")), "neither spec nor"),
]


@pytest.mark.parametrize(
    ("content", "message"), PICTURES, ids=[str(n) for n in range(len(PICTURES))]
)
def test_a_hostile_picture_is_one_sentence(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "c.png"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        import_persona(path)


def test_a_chunk_after_the_pixels_is_found(tmp_path: Path) -> None:
    text = base64.b64encode(json.dumps(CARD).encode())
    path = tmp_path / "no-ending"
    path.write_bytes(raw_png(1, PIXELS, chunk(b"tEXt", b"chara\0" + text)))
    assert import_persona(path)[0].name == "Pilar Ocampo"


@pytest.mark.parametrize("name", ["c.json", "c.png"])
def test_a_huge_file_is_refused_unread(tmp_path: Path, name: str) -> None:
    with (tmp_path / name).open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(InputError, match="larger than 24 MB"):
        import_persona(tmp_path / name)


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    out = put(tmp_path / "c.json", "mine")
    with pytest.raises(InputError, match="exists already"):
        write_card(ilka(), out)
    assert out.read_text() == "mine"
    write_card(ilka(), out, overwrite=True)
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        write_picture(ilka(), tmp_path / "folder.png", overwrite=True)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["c.json", "folder.png"]


def test_a_picture_that_is_none_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such picture"):
        write_picture(ilka(), tmp_path / "c.png", picture=tmp_path / "none.png")
    jpeg = io.BytesIO()
    Image.new("RGB", (2, 2)).save(jpeg, format="JPEG")
    (tmp_path / "p.jpg").write_bytes(jpeg.getvalue())
    with pytest.raises(InputError, match="no PNG picture"):
        write_picture(ilka(), tmp_path / "c.png", picture=tmp_path / "p.jpg")
    assert not (tmp_path / "c.png").exists()
