from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from personas.checks.calendar import (
    Duration,
    Period,
    ages,
    birth_for,
    common,
    earlier,
    fits_between,
    looks_like_date,
    overlap,
    read_duration,
    read_period,
    same_length,
    weekday,
)
from personas.dates import years_between

days = st.dates(date(1800, 1, 1), date(2200, 12, 31))
periods = st.tuples(days, st.integers(0, 500)).map(lambda two: (two[0], two[0] + timedelta(two[1])))


@given(days)
def test_a_weekday_returns_after_seven_days_and_only_then(day: date) -> None:
    names = [weekday(day + timedelta(n)) for n in range(8)]
    assert names[0] == names[7] == day.strftime("%A").lower()
    assert len(set(names)) == 7


@given(periods, periods)
def test_two_periods_overlap_or_one_is_earlier(one: Period, other: Period) -> None:
    ways = [overlap(one, other), earlier(one, other), earlier(other, one)]
    assert sum(ways) == 1
    assert overlap(one, other) == overlap(other, one) == (common(one, other) is not None)


@given(periods, periods)
def test_common_days_lie_in_both(one: Period, other: Period) -> None:
    both = common(one, other)
    if both:
        for day in both:
            assert one[0] <= day <= one[1] and other[0] <= day <= other[1]


@given(days, st.integers(0, 110), st.integers(0, 365))
def test_an_age_gives_back_its_birth(born: date, years: int, more: int) -> None:
    today = born + relativedelta(years=years) + timedelta(more)
    age = years_between(born, today)
    first, last = birth_for(age, (today, today))
    assert first <= born <= last
    assert years_between(first, today) == years_between(last, today) == age
    assert years_between(first - timedelta(1), today) == age + 1
    assert ages((born, born), (today, today)) == (age, age)


@given(days, periods)
def test_somebody_is_at_least_the_youngest_and_at_most_the_oldest_age(
    born: date, told: Period
) -> None:
    youngest, oldest = ages((born, born), told)
    assert youngest <= years_between(born, told[0]) <= years_between(born, told[1]) <= oldest
    assert youngest <= oldest


@given(days)
def test_a_date_of_any_precision_holds_its_day(day: date) -> None:
    for text in (day.isoformat(), day.isoformat()[:7], day.isoformat()[:4]):
        told = read_period(text)
        assert told and told[0] <= day <= told[1]
        assert looks_like_date(text)


@pytest.mark.parametrize("text", ["2020-11-31", "2021-02-29", "2020-13", "2020-00-10"])
def test_no_calendar_has_these(text: str) -> None:
    assert looks_like_date(text) and read_period(text) is None


@pytest.mark.parametrize("text", ["", "spring", "2020-1-1", "on 2020-01-01"])
def test_these_are_no_dates(text: str) -> None:
    assert not looks_like_date(text) and read_period(text) is None


@given(st.integers(1, 90), st.integers(0, 11))
def test_a_length_is_the_sum_of_its_parts(years: int, months: int) -> None:
    whole = read_duration(f"{years} years and {months} months")
    assert whole is not None
    assert whole.days == pytest.approx(years * 365.2425 + months * 365.2425 / 12)
    told = read_duration(f"{12 * years + months} months")
    assert told is not None and same_length(whole, told)


def test_a_text_without_a_unit_is_no_length() -> None:
    assert read_duration("a long time") is None
    assert read_duration("1 year") == Duration(days=365.2425, unit=365.2425)


@given(days, st.integers(0, 60))
def test_whole_years_between_two_days_fit_them(began: date, years: int) -> None:
    ended = began + relativedelta(years=years)
    length = Duration(days=years * 365.2425, unit=365.2425)
    assert fits_between(length, (began, began), (ended, ended))
    for wrong in (years + 3, years - 3):
        other = Duration(days=wrong * 365.2425, unit=365.2425)
        assert not fits_between(other, (began, began), (ended, ended))


@given(periods, periods)
def test_a_length_that_some_days_of_both_allow_fits(began: Period, ended: Period) -> None:
    length = Duration(days=abs((ended[1] - began[0]).days), unit=1)
    if ended[1] >= began[0]:
        assert fits_between(length, began, ended)
