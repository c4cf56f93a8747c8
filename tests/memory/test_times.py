from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulacra.domain.memory import Memory
from simulacra.memory.times import Times, days_of, times_in

TODAY = date(2026, 6, 15)


def span(first: str, last: str) -> tuple[date, date]:
    return date.fromisoformat(first), date.fromisoformat(last)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("in 2009?", [span("2009-01-01", "2009-12-31")]),
        ("in May 2023", [span("2023-05-01", "2023-05-31")]),
        ("in February of 2024", [span("2024-02-01", "2024-02-29")]),
        ("on 3 July, 2023", [span("2023-07-03", "2023-07-03")]),
        ("on July 3rd 2023", [span("2023-07-03", "2023-07-03")]),
        ("on 2023-07-03", [span("2023-07-03", "2023-07-03")]),
        ("in the 1990s", [span("1990-01-01", "1999-12-31")]),
        ("last year", [span("2025-01-01", "2025-12-31")]),
        ("two years ago", [span("2024-01-01", "2024-12-31")]),
        ("last month", [span("2026-05-01", "2026-05-31")]),
        ("seven months ago", [span("2025-11-01", "2025-11-30")]),
        ("a week ago", [span("2026-06-02", "2026-06-08")]),
        ("three days ago", [span("2026-06-12", "2026-06-12")]),
        ("yesterday", [span("2026-06-14", "2026-06-14")]),
        ("on 31 February 2020", []),
        ("no time at all", []),
    ],
)
def test_days_are_read(question: str, expected: list[tuple[date, date]]) -> None:
    assert list(times_in(f"What happened {question}", TODAY).days) == expected


@pytest.mark.parametrize(
    ("question", "months"),
    [
        ("What did you do in March?", {3}),
        ("What did you do in may?", {5}),
        ("On 3 May?", {5}),
        ("May I ask what you march for?", set()),
        ("last August", {8}),
    ],
)
def test_months_of_any_year_are_read(question: str, months: set[int]) -> None:
    assert times_in(question, TODAY).months == months


@pytest.mark.parametrize(
    ("question", "ages"),
    [
        ("when you were twelve", [(12, 12)]),
        ("at the age of 40", [(40, 40)]),
        ("aged five", [(5, 5)]),
        ("as a child", [(0, 12)]),
        ("when you were a little girl", [(0, 12)]),
        ("as a teenager", [(13, 19)]),
        ("in your twenties", [(20, 29)]),
        ("How many children do you have?", []),
    ],
)
def test_ages_are_read(question: str, ages: list[tuple[int, int]]) -> None:
    assert list(times_in(question, TODAY).ages) == ages


def test_without_a_today_no_words_lead_back() -> None:
    assert not times_in("What did you do last year, two weeks ago and yesterday?")


def memory(when: str | None = None, age: int | None = None) -> Memory:
    return Memory(id="m", content="x", when=when, age=age)


def test_a_time_fits_exactly_nearly_or_not() -> None:
    may = times_in("in May 2023")
    fits = [may.fit(memory(when)) for when in ("2023-05-09", "2023", "2023-06-20", "2023-08", None)]
    assert fits == [1, 1, 0.5, 0, 0]
    assert Times(months=frozenset({5})).fit(memory("2001-05")) == 1
    assert Times(months=frozenset({1})).fit(memory("2001")) == 0
    assert times_in("at the age of 12").fit(memory("2001-05", age=12)) == 1
    assert may.fit(memory("some day")) == 0


@given(st.dates(), st.text(max_size=60))
def test_any_question_on_any_day_can_be_read(today: date, question: str) -> None:
    found = times_in(question, today)
    assert all(first <= last for first, last in found.days)
    assert all(1 <= month <= 12 for month in found.months)


@given(st.dates(min_value=date(1800, 1, 1), max_value=date(2099, 12, 30)))
def test_a_date_written_in_full_is_that_day(day: date) -> None:
    for text in (
        day.isoformat(),
        f"{day.day} {day:%B} {day.year}",
        f"{day:%B} {day.day}, {day.year}",
    ):
        assert times_in(f"on {text}", None).days == ((day, day),)
    first, last = days_of(f"{day:%Y-%m}") or (day, day)
    assert first <= day <= last and (last + timedelta(days=1)).day == 1


@given(
    st.dates(min_value=date(200, 1, 1)),
    st.integers(0, 90),
    st.sampled_from(["day", "week", "month", "year"]),
)
def test_what_lies_back_lies_before_today(today: date, count: int, unit: str) -> None:
    ((first, last),) = times_in(f"{count} {unit}s ago", today).days
    assert first <= last and (first <= today)
