import json
from datetime import date

import pytest

from personas.authoring.life import life_of
from personas.authoring.outline import Outline, Planned, faults_of, plan_life, read_outline
from simulacra.domain.call import Request
from simulacra.domain.persona import Profile
from simulacra.errors import BadReply, InputError
from simulacra.llm.scripted import ScriptedModel
from tests.support.authoring import FakeLedger, author
from tests.support.novelist import novelist
from tests.support.people import ilka

LIFE = life_of(ilka().profile)  # born 1972-03-09, told up to 2026-11-01


def planned(when: str, age: int, title: str = "A") -> Planned:
    return Planned(
        when=when, age=age, title=title, place="X", people=(), happens=f"{title} happens",
        changes=f"{title} changes",
    )  # fmt: skip


def whole() -> list[Planned]:
    ages = (4, 14, 22, 40, 53)
    return [planned(str(1972 + age), age, f"T{age}") for age in ages]


def test_a_sound_outline_has_no_faults() -> None:
    assert faults_of(whole(), LIFE, 5) == []


@pytest.mark.parametrize(
    ("place", "changes", "fault"),
    [
        (0, {"when": "1971-05"}, "lies before the birth"),
        (4, {"when": "2026-12"}, "lies after 2026-11-01"),
        (1, {"age": 17}, "its age is 17, but 1986 makes it 13 to 14"),
        (1, {"when": "1986-13"}, "there is no date 1986-13"),
        (2, {"when": "1980", "age": 8}, r"1980 \(T22\) stands after 1986"),
        (3, {"title": "T22"}, "two episodes have the same title: t22"),
        (3, {"changes": "T22 changes "}, "two episodes have the same changes"),
        (1, {"when": "1993", "age": 21}, r"no episode lies in adolescence \(ages 12 to 17\)"),
    ],
)
def test_each_fault_is_named(place: int, changes: dict[str, object], fault: str) -> None:
    episodes = whole()
    episodes[place] = Planned.model_validate({**episodes[place].model_dump(), **changes})
    faults = faults_of(episodes, LIFE, 5)
    with pytest.raises(AssertionError, match=fault):
        raise AssertionError("\n".join(faults))


def test_the_number_of_episodes_may_miss_by_a_fifth() -> None:
    assert faults_of(whole(), LIFE, 6) == []
    assert faults_of(whole(), LIFE, 7) == ["it has 5 episodes, not 7"]


async def test_the_outline_is_numbered_and_bought_once() -> None:
    ledger = FakeLedger()
    outline = await plan_life(author(novelist(), ledger), ilka(), 20)
    assert [one.id for one in outline.episodes] == [f"e{n:02}" for n in range(1, 21)]
    assert await plan_life(author(novelist(), ledger), ilka(), 20) == outline
    assert len(ledger.calls) == 1
    assert await plan_life(author(novelist(), ledger), ilka(), 20, attempt=2) != outline


async def test_a_faulty_outline_is_asked_for_again_and_never_patched() -> None:
    requests: list[Request] = []
    good = {"episodes": [one.model_dump(mode="json") for one in whole()]}
    bad = json.loads(json.dumps(good))
    bad["episodes"][0]["when"] = "1960"

    def reply(request: Request) -> str:
        requests.append(request)
        return json.dumps(bad if len(requests) == 1 else good)

    outline = await plan_life(author(ScriptedModel(reply)), ilka(), 5)
    assert outline.episodes[0].when == "1976"
    again = requests[1].messages
    assert [one.role for one in again] == ["system", "user", "assistant", "user"]
    assert "1960 lies before the birth (1972-03-09)" in again[3].text


async def test_an_outline_that_stays_faulty_is_no_outline() -> None:
    bad = json.dumps({"episodes": [planned("1960", 3).model_dump(mode="json")]})
    with pytest.raises(BadReply, match="no outline without faults in 4 rounds"):
        await plan_life(author(ScriptedModel(lambda _: bad)), ilka(), 5)


async def test_an_edited_outline_comes_back_and_is_checked() -> None:
    outline = await plan_life(author(novelist()), ilka(), 10)
    text = outline.to_text()
    assert read_outline(text, LIFE) == outline
    title = outline.episodes[0].title
    edited = read_outline(text.replace(title, "The other start"), LIFE)
    assert edited.episodes[0].title == "The other start"
    assert edited.episodes[1:] == outline.episodes[1:]
    first = outline.episodes[0]
    with pytest.raises(InputError, match="the outline does not hold"):
        read_outline(text.replace(f"when: {first.when}", "when: 1901-01"), LIFE)
    with pytest.raises(InputError, match="same id"):
        read_outline(text.replace("id: e02", "id: e01"), LIFE)
    with pytest.raises(InputError, match="not valid YAML"):
        read_outline(f"{text}\n  - [", LIFE)
    with pytest.raises(InputError, match="day is out of range"):
        read_outline(text.replace(f"when: {first.when}", "when: 1990-02-30"), LIFE)
    with pytest.raises(InputError, match=r"outline, field 0\.when"):
        read_outline("- id: e01\n", LIFE)


def test_a_life_without_birthday_is_dated_by_age_and_day() -> None:
    life = life_of(Profile(gender="male", age=30, as_of=date(2020, 6, 15)))
    assert (life.born_first, life.born_last) == (date(1989, 6, 16), date(1990, 6, 15))
    assert life.ages("1990") == (0, 1)
    assert life.ages("2020") == (29, 30)
    with pytest.raises(ValueError, match="before the birth"):
        life.ages("1988")


def test_a_life_that_cannot_be_dated_says_what_is_missing() -> None:
    with pytest.raises(InputError, match="give the person a date_of_birth"):
        life_of(Profile(gender="male", age=30))
    assert life_of(Profile(gender="male", age=30, date_of_birth=date(1990, 1, 1))).until == date(
        2020, 12, 31
    )


def test_the_outline_type_wants_episodes() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Outline(episodes=())
