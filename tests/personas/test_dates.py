from datetime import date

import pytest

from personas.dates import dates_in, without_dates, years_between

DAY = date(1977, 9, 21)


@pytest.mark.parametrize(
    "text",
    [
        "1977-09-21", "1977/9/21", "1977.09.21", "September 21, 1977", "Sept. 21st, 1977",
        "21 September 1977", "the 21st of September, 1977", "21st day of September 1977",
        "September the 21st, 1977", "9/21/1977", "21.9.1977", "1977 September 21",
        "I was born on september 21 1977!", "September 21 of 1977",
    ],
)  # fmt: skip
def test_the_usual_ways_to_write_a_date(text: str) -> None:
    assert dates_in(text) == (DAY,)


@pytest.mark.parametrize(
    "text",
    ["1977", "September 1977", "September 21", "05/09/1988", "1977-13-41", "31 February 1977", "",
     "21 monkeys 1977", "11977-09-21"],
)  # fmt: skip
def test_what_is_no_full_date(text: str) -> None:
    assert dates_in(text) == ()


def test_dates_come_in_order_each_once() -> None:
    text = "On 2 May 1990, not 1977-09-21; yes, May 2, 1990. On 05/05/1988 too."
    assert dates_in(text) == (date(1990, 5, 2), DAY, date(1988, 5, 5))
    assert "1990" not in without_dates(text)


def test_age_turns_on_the_birthday() -> None:
    assert years_between(DAY, date(2023, 9, 20)) == 45
    assert years_between(DAY, date(2023, 9, 21)) == 46
