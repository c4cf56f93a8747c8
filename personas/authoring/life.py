"""The bounds of a life: when it began, up to when it is told, and the stages in between."""

from datetime import date, timedelta

from personas.dates import years_between
from personas.formats.story import period
from simulacra.domain.base import Frozen
from simulacra.domain.persona import Profile
from simulacra.errors import InputError


class Stage(Frozen):
    """A stage of life by its ages, both inclusive."""

    name: str
    first: int
    last: int


STAGES = (
    Stage(name="childhood", first=0, last=11),
    Stage(name="adolescence", first=12, last=17),
    Stage(name="early adulthood", first=18, last=29),
    Stage(name="adulthood", first=30, last=49),
    Stage(name="later adulthood", first=50, last=64),
    Stage(name="old age", first=65, last=130),
)


class Life(Frozen):
    """First and last possible day of birth, and the last day that is told."""

    born_first: date
    born_last: date
    until: date

    def ages(self, when: str) -> tuple[int, int]:
        """Youngest and oldest age that fits a date written YYYY, YYYY-MM or YYYY-MM-DD.

        Raises:
            ValueError: it is no date, or lies before birth or after the last day.
        """
        first, last = period(when)
        if last < self.born_first:
            raise ValueError(f"{when} lies before the birth ({self.born_first})")
        if first > self.until:
            raise ValueError(f"{when} lies after {self.until}")
        oldest = years_between(self.born_first, min(last, self.until))
        return max(0, years_between(self.born_last, max(first, self.born_last))), max(0, oldest)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages that were lived through or begun."""
        age = years_between(self.born_last, self.until)
        return tuple(stage for stage in STAGES if stage.first <= age)


def life_of(profile: Profile) -> Life:
    """The bounds that a profile gives: from birth, day and age, whichever are known.

    Raises:
        InputError: neither the date of birth nor the day of the profile is known.
    """
    born, until = profile.date_of_birth, profile.as_of
    if born is not None:
        last = _years_on(born, profile.age + 1) - timedelta(days=1)
        return Life(born_first=born, born_last=born, until=until or last)
    if until is not None:
        return Life(
            born_first=_years_on(until, -(profile.age + 1)) + timedelta(days=1),
            born_last=_years_on(until, -profile.age),
            until=until,
        )
    raise InputError(
        "a life cannot be dated without a date of birth or the day that the profile is of; "
        "give the person a date_of_birth"
    )


def _years_on(day: date, years: int) -> date:
    """The same day so many years on; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
