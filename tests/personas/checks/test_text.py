"""What the checks read from headings and text without any facts."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personas.checks.calendar import weekday
from personas.checks.door import check_persona
from personas.checks.told_dates import told_dates, told_years
from simulacra.domain.persona import Persona
from tests.support.lives import Told, life


def kinds(persona: Persona) -> list[str]:
    return [one.kind for one in check_persona(persona) if one.severity == "contradiction"]


def told(text: str, when: str = "2010-03-01", **profile: Any) -> list[str]:
    """The contradictions of one episode."""
    return kinds(life((when, None, text), **profile))


HEADINGS: dict[str, tuple[list[str], tuple[Told, ...]]] = {
    "before birth": (["before-birth"], (("1979", None, "It rained."),)),
    "after today": (["after-today"], (("2026-12", None, "It rained."),)),
    "no such day": (["impossible-date"], (("2001-02-29", None, "It rained."),)),
    "wrong age": (["heading-age"], (("2000-05-09", 20, "It rained."),)),
    "out of order": (
        ["episodes-out-of-order"],
        (("2000", None, "It rained."), ("1999", None, "It snowed.")),
    ),
    "all well": (
        [],
        (("1980-05-10", 0, "It rained."), ("2000-05", 19, "It blew."), ("2001", 21, "It fell.")),
    ),
    "no dates": ([], ((None, None, "It rained."),)),
}  # fmt: skip


@pytest.mark.parametrize(("expected", "episodes"), HEADINGS.values(), ids=HEADINGS)
def test_headings(expected: list[str], episodes: tuple[Told, ...]) -> None:
    assert kinds(life(*episodes)) == expected


FORMS = ("{w}, {d} {m} {y}", "the {d}th of {m} {y}, a {w}", "{m} {d}, {y}")


@given(st.dates(), st.sampled_from(FORMS))
def test_a_day_is_read_as_it_is_written(day: Any, form: str) -> None:
    if day.year < 1500 or day.year > 2199:
        return
    text = form.format(w=weekday(day).title(), d=day.day, m=day.strftime("%B"), y=day.year)
    (one,) = told_dates(f"She left on {text} by bus.")
    assert (one.day, one.month, one.year) == (day.day, day.month, day.year)
    assert one.possible
    assert one.weekday in (weekday(day), None)
    assert (one.weekday is None) is ("{w}" not in form)


@pytest.mark.parametrize(
    "text",
    ["31 November", "the thirty-first of June 2010", "30 February 2010", "February 29, 2011"],
)
def test_no_such_day(text: str) -> None:
    assert told(f"They signed it on {text} at noon.") == ["impossible-date"]


@pytest.mark.parametrize("text", ["29 February", "March 1st", "the twenty-ninth of February 2012"])
def test_such_days_there_are(text: str) -> None:
    assert told(f"They signed it on {text} at noon.") == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("On Monday, 1 March 2010, it rained.", False),
        ("On Tuesday, 1 March 2010, it rained.", True),
        ("On Tuesday 2 March it rained.", False),
        ("On Friday 2 March it rained.", True),
        ("1 March 2010 was a Monday.", False),
        ("1 March 2010 fell on a Sunday.", True),
        ("On Wednesday, the 3rd of March, it rained.", False),
        ("On Friday she may come.", False),
    ],
)
def test_days_of_the_week(text: str, wrong: bool) -> None:
    assert told(text) == (["weekday-wrong"] if wrong else [])


def test_the_biography_is_read_too() -> None:
    biography = "Ana Ruiz was born on 10 May 1980, a Monday, in Toledo."
    (found,) = check_persona(life(biography=biography, attributes={"mother": "Ana"}))[:1]
    assert (found.kind, found.detail) == ("weekday-wrong", "biography")
    wrong = life(biography="Ana Ruiz was born on 11 May 1980.")
    assert kinds(wrong) == ["two-born-on"]


@pytest.mark.parametrize(
    "text",
    [
        "Ana had lifted it off a lorry at Christmas 1975.",
        "Ana had crossed the river in 1975 with a lamp.",
        "Ana crossed the river in 1975.",
        "In 1975 Ana crossed the river.",
        "On 3 May 1975, she crossed the river.",
        "Ana crossed the river in the spring of 1975.",
        "Ana crossed the river on the 3rd of May of 1975.",
    ],
)
def test_before_birth(text: str) -> None:
    assert told(text) == ["before-birth"]


@pytest.mark.parametrize(
    "text",
    [
        "The bridge was built in 1931.",
        "Ana crossed the bridge that Ben had built in 1931.",
        "Ana heard for the first time since 1975 a bell.",
        "It was 1975, said Ana, and he had crossed the river in 1975.",
        "Ben had crossed the river in 1975.",
        "In 1975 Ben crossed the river.",
        "From the mill that burnt in 1975 Ana took a stone.",
        "In 1975, when the mill burnt, he crossed the river, and Ana asked about it.",
        "In 1975 the mill burnt, and Ana saw what was left.",
        "In 1975 in Cork, Ana was told, the mill burnt.",
        "Ana found a bolt of 1931 in the sand.",
    ],
)
def test_not_before_birth(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "On 3 May 2027 she sat in the third row.",
        "Ana passed the test on 3 May 2027.",
    ],
)
def test_after_today(text: str) -> None:
    assert told(text) == ["after-today"]


@pytest.mark.parametrize(
    "text",
    [
        "The test was on 3 May 2027.",
        "Ana would pass the test on 3 May 2027.",
        "Ana planned to leave on 3 May 2027.",
        "Ana signed until the end of 2028.",
        "Ben passed the test on 3 May 2027.",
    ],
)
def test_not_after_today(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Ana was twenty-nine and owned one coat.", False),
        ("She was thirty, and it rained.", False),  # in May; the episode may run on
        ("Ana was twenty-three and owned one coat.", True),
        ("Ana, thirty-five, laughed.", True),
        ("At nineteen she left.", True),
        ("On Ana's fortieth birthday it rained.", True),
        ("On her thirtieth birthday it rained.", False),
        ("The house had been empty since Ana was two.", False),
        ("Cleo came in. She was twenty-three and owned one coat.", False),
        ("Ana saw a girl. She was twenty-three, perhaps.", False),
        ("At ten she rose.", False),
        ("Ana was ten minutes late.", False),
    ],
)
def test_ages_told(text: str, wrong: bool) -> None:
    assert told(text) == (["age-wrong"] if wrong else [])


KIN = {"attributes": {"siblings": "an elder sister, Cleo", "children": "none"}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Her sister Cleo came over.", []),
        ("Her sister Luisa came over.", ["sibling-unknown"]),
        ("Ana's elder sister, Luisa, came over.", ["sibling-unknown"]),
        ("Rosa came. Her sister Luisa came too.", []),
        ("Her son had measles.", ["child-count"]),
        ("She had no idea what her son would be called.", []),
        ("A woman came in with her son.", []),
        ("Toledo, where she was born, was hot.", []),
    ],
)
def test_kin(text: str, expected: list[str]) -> None:
    assert told(text, **KIN) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Her two brothers sang.", ["sibling-count"]),
        ("Ana's three sisters sang.", ["sibling-count"]),
        ("Over the bed hung her degree.", ["degree"]),
        ("She had left without her degree.", []),
        ("Rosa had her degree.", []),
    ],
)
def test_counts_and_degrees(text: str, expected: list[str]) -> None:
    school = {"education": "completed secondary school", "isced": 3}
    assert told(text, **school, **KIN) == expected


def test_ages_of_others_by_their_full_name() -> None:
    first = ("2000", None, "The boss was Ben Luna, twenty-one, of Toledo.")
    right = ("2010", None, "Now Ben Luna, thirty-one, was tired.")
    wrong = ("2010", None, "Now Ben Luna, forty-one, was tired.")
    assert kinds(life(first, right)) == []
    assert kinds(life(first, wrong)) == ["ages-apart"]


GONE = ("2000", None, "It rained, and old Ottilie Braun died on the stairs.")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ottilie Braun came up the stairs with a goose.", ["dead-acts"]),
        ("Ottilie Braun, in a red coat, asked for the key.", ["dead-acts"]),
        ("Ottilie Braun had come up the stairs once with a goose.", []),
        ("Ottilie Braun asked for the key in every dream.", []),
        ("Ottilie Braun hung on the wall, laughing.", []),
        ("They spoke of Ottilie Braun.", []),
    ],
)
def test_the_dead_act(text: str, expected: list[str]) -> None:
    assert kinds(life(GONE, ("2010", None, text))) == expected
    assert kinds(life(("1999", None, text), GONE)) == []


def test_a_birthplace_in_passing() -> None:
    episodes = (("2010", None, "Her card came from Toledo, where she was born."),)
    born = "Ana Ruiz was born on 10 May 1980 at Santa Rosa hospital in Bilbao."
    assert kinds(life(*episodes, biography=born)) == ["two-born-in"]


def test_they_may_be_many_and_say_nothing() -> None:
    text = "Their son had measles. They were fifty-three, and on 3 May 2027 they left."
    assert told(text, gender="non-binary", attributes={"children": "none"}) == []


def test_years() -> None:
    text = "In 1997, at Christmas 1998 and on 3 May 1999, of 2000 pages, room 2001."
    assert [one.year for one in told_years(text)] == [1997, 1998]


def test_a_person_without_a_text_has_no_findings() -> None:
    assert check_persona(life()) == ()
    assert check_persona(life(date_of_birth=None, as_of=None)) == ()


PLAIN: dict[str, tuple[list[str], tuple[Told, ...]]] = {
    "never again, and again": (
        ["habit-broken"],
        (("2000-05-09", None, "Ana never ate okra again."), ("2005", None, "Ana ate okra.")),
    ),
    "never again, and something else": (
        [],
        (("2000-05-09", None, "Ana never ate okra again."), ("2005", None, "Ana ate rice.")),
    ),
    "the late act": (["dead-acts"], (("2005", None, "Her late father poured the tea."),)),
    "the late acted before": ([], (("2005", None, "Her late father had poured tea here."),)),
}


@pytest.mark.parametrize(("expected", "episodes"), PLAIN.values(), ids=PLAIN)
def test_plain_words(expected: list[str], episodes: tuple[Told, ...]) -> None:
    assert kinds(life(*episodes)) == expected


@pytest.mark.parametrize(
    "opening",
    [
        "Thirty years after the flood",
        "Twelve days after the flood",
        "Twenty-one of them saw the flood, and",
        "Hundreds saw the flood, and",
        "Third in the queue for bread,",
        "Half of the street saw the flood, and",
        "Forty-first in the queue for bread,",
    ],
)
def test_a_number_that_opens_a_sentence_is_nobody(opening: str) -> None:
    assert told(f"{opening} she was fifty.") == ["age-wrong"]
    assert told(f"{opening} she was twenty-nine.") == []


def test_a_name_that_a_relative_bears_is_not_the_persons_own() -> None:
    father = {"attributes": {"father": "Ruiz, 70, baker"}}
    text = "Ruiz, seventy, met Ana at the port, and Ruiz, tired, slept."
    assert told(text, **father) == []
    assert told(text) == ["age-wrong"]
