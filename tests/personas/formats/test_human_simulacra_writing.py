import json
from pathlib import Path
from typing import Any

import pytest

from personas.formats.human_simulacra import read_human_simulacra
from personas.formats.human_simulacra_writing import write_human_simulacra
from personas.formats.imports import import_persona
from simulacra.domain.persona import Profile
from simulacra.errors import InputError
from tests.support.human_simulacra import NAME, human_simulacra_folder, write
from tests.support.people import ilka


def test_what_came_in_goes_out_again(tmp_path: Path) -> None:
    folder = human_simulacra_folder(tmp_path / "data")
    write(folder, f"Questions/{NAME}/Open.json", [{"question": "Who are you?"}])
    for person in read_human_simulacra(folder):
        out = tmp_path / person.id
        assert write_human_simulacra(person, out) == ()
        assert read_human_simulacra(out) == [person]
        for part in ("character_profiles.json", "character_introductions.json"):
            records = json.loads((folder / part).read_text())
            same = next(one for one in records if one["Name"] == person.name)
            if part == "character_profiles.json":
                assert json.loads((out / part).read_text())[0] == same
        memories = f"Memories/{person.name}/long_memory.json"
        assert json.loads((out / memories).read_text()) == json.loads(
            (folder / memories).read_text()
        )
    assert (tmp_path / "ines-duarte" / "Questions" / NAME / "Open.json").exists()


def test_the_published_characters_go_out_as_they_came(shared_data: Path, tmp_path: Path) -> None:
    root = shared_data / "human-simulacra-dev"

    def of(place: Path, name: str) -> dict[str, Any]:
        records: list[dict[str, Any]] = json.loads(place.read_text(encoding="utf-8"))
        return next(one for one in records if one["Name"] == name)

    for person in import_persona(root):
        out = tmp_path / person.id
        assert write_human_simulacra(person, out) == ()
        assert import_persona(out) == [person]
        for file in ("character_profiles.json", "character_introductions.json"):
            assert of(out / file, person.name) == of(root / file, person.name)
        for kind in ("Memories", "Questions"):
            for file in (root / kind / person.name).iterdir():
                written = out / kind / person.name / file.name
                assert json.loads(written.read_text()) == json.loads(file.read_text())


def test_what_the_format_cannot_hold_is_named(tmp_path: Path) -> None:
    lost = write_human_simulacra(ilka(), tmp_path / "out")
    assert lost == (
        "as_of of the profile",
        "isco of the profile",
        "isced of the profile",
        "place of the profile",
        "culture of the profile",
        "languages of the profile",
        "attributes of the profile",
        "facets",
        "the order of the functions",
        "which function a trait stands for",
        "id, when of episodes",
        "when, age, importance, emotions, episode, source of memories",
        "basis of questions",
    )
    back = read_human_simulacra(tmp_path / "out")[0]
    assert (back.story, back.biography, back.name) == (
        ilka().story,
        ilka().biography,
        ilka().name,
    )


def test_commas_and_dashes_inside_values_survive(tmp_path: Path) -> None:
    person = ilka()
    profile = person.profile.model_copy(update={"hobbies": ("chess, by post", "radios")})
    traits = tuple(
        one.model_copy(update={"text": text, "function": None})
        for one, text in zip(
            person.personality.traits, ("No full stop", "It ends. - or does it"), strict=True
        )
    )
    personality = person.personality.model_copy(update={"traits": traits})
    odd = person.model_copy(update={"profile": profile, "personality": personality})
    write_human_simulacra(odd, tmp_path / "out")
    back = read_human_simulacra(tmp_path / "out")[0]
    assert back.profile.hobbies == ("chess, by post", "radios")
    assert [one.text for one in back.personality.traits] == [one.text for one in traits]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"profile": Profile(gender="f", age=3)}, "lacks a date of birth, which"),
        ({"story": "", "episodes": (), "memories": ()}, "a life story and memories"),
        ({"name": "a/b"}, "cannot be the name of a folder"),
    ],
)
def test_what_the_format_asks_for_must_be_there(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        write_human_simulacra(ilka().model_copy(update=change), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_other_people_are_not_overwritten(tmp_path: Path) -> None:
    folder = human_simulacra_folder(tmp_path / "data")
    ines = read_human_simulacra(folder)[0]
    for overwrite in (False, True):
        with pytest.raises(InputError, match="exists already"):
            write_human_simulacra(ines, folder, overwrite=overwrite)
    write_human_simulacra(ines, tmp_path / "out")
    older = ines.model_copy(update={"biography": "Rewritten."})
    write_human_simulacra(older, tmp_path / "out", overwrite=True)
    assert read_human_simulacra(tmp_path / "out")[0].biography == "Rewritten."
    assert sorted(one.name for one in tmp_path.iterdir()) == ["data", "out"]
