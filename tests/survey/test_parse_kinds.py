"""Rankings, constant sums, sliders, dates and words beside an option are read for certain."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulacra.domain.answer import Answer, Missing, MissingCode, Reply, Response
from simulacra.domain.survey import Kind, Option, Question
from simulacra.survey.parse import read_reply

DRINKS = (
    Option(code="1", label="Tea"),
    Option(code="2", label="Milk"),
    Option(code="3", label="Hot water"),
)
UNREADABLE, REFUSED, DONT_KNOW = (
    MissingCode.UNREADABLE, MissingCode.REFUSED, MissingCode.DONT_KNOW,
)  # fmt: skip


def read(kind: Kind, text: str, **more: object) -> Response:
    given_ = {"options": DRINKS if kind.optioned else (), **more}
    asked = Question.model_validate({"item_id": "q", "kind": kind, "text": "?", **given_})
    return read_reply(asked, Reply(text=text))


def codes(text: str, **more: object) -> object:
    response = read(Kind.RANKING, text, **more)
    return "".join(response.codes) if isinstance(response, Answer) else response.code


def shares(text: str, total: float | None = 100) -> object:
    response = read(Kind.CONSTANT_SUM, text, total=total)
    if isinstance(response, Missing):
        return response.code
    return tuple(response.amounts[option.code] for option in DRINKS)


@pytest.mark.parametrize(
    ("text", "ranked"),
    [
        ("1. Milk\n2. Tea\n3. Hot water", "213"),
        ("1) Milk\n2) Hot water\n3) Tea", "231"),
        ("3. Tea\n1. Milk\n2. Hot water", "231"),
        ("Milk > Tea > Hot water", "213"),
        ("Milk, tea, hot water.", "213"),
        ("milk, then tea and then hot water", "213"),
        ("First: hot water\nSecond: tea\nThird: milk", "312"),
        ("Tea: 2\nMilk: 3\nHot water: 1", "312"),
        ("Tea (3), Milk (1), Hot water (2)", "231"),
        ("2, 1, 3", "213"),
        ('{"answer": ["3", "1", "2"]}', "312"),
        ('{"answer": ["Tea", "Milk", "Hot water"]}', "123"),
        ("Milk, Tea", UNREADABLE),
        ("Milk, Tea, Milk", UNREADABLE),
        ("Tea: 1\nMilk: 1\nHot water: 2", UNREADABLE),
        ("Milk over tea, I suppose, but never hot water", UNREADABLE),
        ('{"answer": ["3", "3", "1"]}', UNREADABLE),
        ('{"answer": ["3", "1"]}', UNREADABLE),
        ("Not milk, tea, hot water", UNREADABLE),
        ("I'd rather not say", REFUSED),
        ("I don't know", DONT_KNOW),
        ("", UNREADABLE),
    ],
)
def test_rankings(text: str, ranked: object) -> None:
    assert codes(text) == ranked


def test_a_ranking_of_the_best_few() -> None:
    assert codes("Milk, Tea", choose=(1, 2)) == "21"
    assert codes("Milk, Tea, Hot water", choose=(1, 2)) == UNREADABLE
    assert read(Kind.RANKING, "", options=DRINKS) == read(Kind.RANKING, " ")


@given(st.permutations(DRINKS), st.sampled_from(["\n", ", ", " > ", "; "]), st.booleans())
def test_any_order_in_any_form(order: list[Option], between: str, numbered: bool) -> None:
    parts = [
        f"{rank}. {option.label}" if numbered else option.label
        for rank, option in enumerate(order, start=1)
    ]
    assert codes(between.join(parts)) == "".join(option.code for option in order)


@pytest.mark.parametrize(
    ("text", "shared"),
    [
        ("Tea: 40\nMilk: 60\nHot water: 0", (40, 60, 0)),
        ("Tea 40, milk 60", (40, 60, 0)),
        ("40 for tea and 60 for milk", (40, 60, 0)),
        ("Tea = 33.5%, Milk = 33.5%, Hot water = 33%", (33.5, 33.5, 33)),
        ("- Tea: 10 points\n- Milk: 20 points\n- Hot water: 70 points", (10, 20, 70)),
        ('{"answer": {"1": 25, "2": 25, "3": 50}}', (25, 25, 50)),
        ('{"answer": {"1": 25, "2": 75}}', (25, 75, 0)),
        ('{"answer": {"1": 25, "2": 25, "3": 25}}', UNREADABLE),
        ('{"answer": {"1": 25, "9": 75}}', UNREADABLE),
        ('{"answer": {"1": "all", "2": 0}}', UNREADABLE),
        ('{"answer": {"1": true, "2": 99}}', UNREADABLE),
        ('{"answer": {"1": 150, "2": -50}}', UNREADABLE),
        ("Tea: 40, milk: 50", UNREADABLE),
        ("Tea: 40, tea: 60", UNREADABLE),
        ("40, 60, 0", UNREADABLE),
        ("Mostly tea", UNREADABLE),
        ("No comment.", REFUSED),
    ],
)
def test_constant_sums(text: str, shared: object) -> None:
    assert shares(text) == shared


def test_a_sum_without_a_total_takes_any() -> None:
    assert shares("Tea: 1\nMilk: 2\nHot water: 3", None) == (1, 2, 3)


@given(st.lists(st.integers(0, 100), min_size=3, max_size=3))
def test_any_shares_that_add_up(parts: list[int]) -> None:
    total = sum(parts)
    text = "\n".join(f"{one.label}: {part}" for one, part in zip(DRINKS, parts, strict=True))
    assert shares(text, total) == tuple(parts)
    assert shares(text, total + 1) == UNREADABLE
    whole = json.dumps({"answer": {o.code: p for o, p in zip(DRINKS, parts, strict=True)}})
    assert shares(whole, total) == tuple(parts)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1990-05-03", "1990-05-03"),
        ("May 3, 1990", "1990-05-03"),
        ("3 May 1990.", "1990-05-03"),
        ("It was on the 3rd of May 1990", "1990-05-03"),
        ("I was born on 13/4/1990", "1990-04-13"),
        ("3/4/1990", UNREADABLE),
        ("May 1990", UNREADABLE),
        ("1990", UNREADABLE),
        ("3 May", UNREADABLE),
        ("1990-02-31", UNREADABLE),
        ("sometime in spring", UNREADABLE),
        ("I don't remember", DONT_KNOW),
        ("1890-01-01", UNREADABLE),
    ],
)
def test_dates(text: str, day: object) -> None:
    response = read(Kind.DATE, text, minimum=-25567.0)
    assert (response.text if isinstance(response, Answer) else response.code) == day


@given(st.dates())
def test_any_iso_date(day: object) -> None:
    assert read(Kind.DATE, str(day)) == Answer(text=str(day))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("35", 35),
        ("thirty-five", 35),
        ("37", UNREADABLE),
        ("105", UNREADABLE),
        ("a lot", UNREADABLE),
    ],
)
def test_sliders_keep_to_their_steps(text: str, value: object) -> None:
    response = read(Kind.SLIDER, text, minimum=0.0, maximum=100.0, step=5.0)
    assert (response.number if isinstance(response, Answer) else response.code) == value


PETS = (
    Option(code="1", label="A dog"),
    Option(code="9", label="Other (say what)", text_entry=True),
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"answer": "9", "words": "a newt"}', (("9",), {"9": "a newt"})),
        ('{"answer": "1", "words": ""}', (("1",), {})),
        ('{"answer": "1", "words": "a big one"}', (("1",), {})),
        ('{"answer": "9", "words": ""}', (("9",), {})),
        ('{"answer": "9", "words": 7}', (("9",), {})),
        ("A dog", (("1",), {})),
        ("Other: a newt", (("9",), {"9": "a newt"})),
        ("Other (a newt)", (("9",), {"9": "a newt"})),
        ("Other – a newt.", (("9",), {"9": "a newt"})),
        ("9", (("9",), {})),
    ],
)
def test_words_beside_an_option(text: str, said: object) -> None:
    response = read(Kind.SINGLE, text, options=PETS)
    assert isinstance(response, Answer)
    assert (response.codes, response.texts) == said


@given(st.text(max_size=60), st.sampled_from([kind for kind in Kind if not kind.rowed]))
def test_any_reply_is_read_or_missing(text: str, kind: Kind) -> None:
    more: dict[str, object] = {"total": 10} if kind == Kind.CONSTANT_SUM else {}
    assert isinstance(read(kind, text, **more), Answer | Missing)
