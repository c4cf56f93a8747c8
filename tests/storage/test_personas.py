import pytest

from simulacra.domain.run import PersonaRef
from simulacra.errors import InputError, UnknownName
from simulacra.storage.database import Conflict, Database
from simulacra.storage.personas import PersonaRepository
from tests.support.studies import person


@pytest.fixture
def people(database: Database) -> PersonaRepository:
    return PersonaRepository(database)


def test_a_persona_comes_back_as_it_was(people: PersonaRepository) -> None:
    ada = person(memories=12)
    assert people.save(ada) == ada
    back = people.get("ada-byron")
    assert back == ada
    assert list(back.profile.attributes) == ["zeal", "accent"]
    assert people.memories(PersonaRef(id="ada-byron", version=1)) == list(ada.memories)


def test_equal_content_makes_no_version_and_changed_content_the_next(
    people: PersonaRepository,
) -> None:
    ada = people.save(person())
    assert people.save(ada.model_copy(update={"version": 9})).version == 1
    older = people.save(person(biography="She wrote."))
    assert older.version == 2
    assert people.save(person()).version == 3
    assert people.get("ada-byron").biography == ""
    assert people.get("ada-byron", 2) == older
    with pytest.raises(UnknownName, match="no version 7 of 'ada-byron'"):
        people.get("ada-byron", 7)


def test_changed_memories_make_a_version(people: PersonaRepository) -> None:
    people.save(person(memories=2))
    assert people.save(person(memories=3)).version == 2
    assert len(people.get("ada-byron", 1).memories) == 2


def test_the_list_has_the_newest_versions_by_id(people: PersonaRepository) -> None:
    people.save(person("Zoe Abel"))
    people.save(person("Ada Byron"))
    people.save(person("Ada Byron", memories=3, story="One two three."))
    listed = people.list()
    assert [one.id for one in listed] == ["ada-byron", "zoe-abel"]
    assert listed[0].model_dump() == {
        "id": "ada-byron",
        "name": "Ada Byron",
        "gender": "female",
        "age": 36,
        "source": "import",
        "version": 2,
        "story_words": 3,
        "memories": 3,
    }


def test_people_are_selected_in_the_order_named(people: PersonaRepository) -> None:
    for name in ("Ada Byron", "Zoe Abel", "Max Born"):
        people.save(person(name, source="library" if name == "Max Born" else "import"))
    named = people.select("zoe abel, ada-byron,Zoe Abel")
    assert [ref.id for ref in named] == ["zoe-abel", "ada-byron"]
    assert [ref.id for ref in people.select("all")] == ["ada-byron", "max-born", "zoe-abel"]
    assert [ref.id for ref in people.select("library")] == ["max-born"]


def test_an_unknown_name_lists_close_ones(people: PersonaRepository) -> None:
    people.save(person("Ada Byron"))
    with pytest.raises(UnknownName, match=r"'Ada Biron'; did you mean Ada Byron \(ada-byron\)\?"):
        people.select("Ada Biron")
    with pytest.raises(UnknownName, match="see simulacra persona list"):
        people.get("Qqqq Wwww")


def test_nobody_is_an_error(people: PersonaRepository) -> None:
    for who in ("all", "library", " , "):
        with pytest.raises(InputError, match="names nobody"):
            people.select(who)


def test_a_name_borne_twice_asks_for_an_id(people: PersonaRepository) -> None:
    people.save(person("Ada Byron"))
    people.save(person("Ada Byron", id="ada-2"))
    with pytest.raises(InputError, match="use one of the ids: ada-2, ada-byron"):
        people.get("Ada Byron")
    assert people.get("ada-2").id == "ada-2"


def test_an_id_goes_before_a_name(people: PersonaRepository) -> None:
    people.save(person("Ada Byron"))
    people.save(person("ada-byron", id="other"))
    assert people.get("ada-byron").name == "Ada Byron"


def test_many_people_are_saved_as_one_by_one(people: PersonaRepository) -> None:
    crowd = [person(f"Person {number:04}", memories=number % 3) for number in range(1203)]
    heard: list[int] = []
    assert people.save_all(crowd, heard.append) == crowd
    assert heard == [500, 1000, 1203]
    assert len(people.list()) == 1203
    assert people.get("person-0002") == crowd[2]
    changed = [crowd[0], crowd[1].model_copy(update={"biography": "New."})]
    assert [one.version for one in people.save_all(changed)] == [1, 2]
    assert people.save_all([]) == []


def test_a_failure_among_many_keeps_what_was_stored(people: PersonaRepository) -> None:
    crowd = [person(f"Person {number:04}", memories=0) for number in range(600)]
    with pytest.raises(Conflict):
        people.save_all([*crowd, crowd[-1], crowd[-1].model_copy(update={"name": "Twin"})])
    assert len(people.list()) == 500


def test_hashes_tell_every_version_apart(people: PersonaRepository) -> None:
    ada = people.save(person())
    people.save(person(biography="She wrote."))
    found = people.hashes()
    assert found.keys() == {"ada-byron"}
    assert len(found["ada-byron"]) == 2
    assert ada.hash() in found["ada-byron"]
