"""Open situations, each aimed at one facet of the Big Five, and the questionnaire made of them."""

from functools import cache
from pathlib import Path

from pydantic import Field

from personas.formats.text_files import read_yaml
from simulacra.domain.base import Frozen
from simulacra.domain.persona import DOMAINS, Facet
from simulacra.domain.survey import Instrument, Item, Kind
from simulacra.errors import InputError

_FILE = Path(__file__).parent / "scenarios.yaml"


class Scenario(Frozen):
    """A situation in the second person that ends in a question.

    ``high`` and ``low``: what somebody high or low on the ``facet`` would tend to do. They are for
    those who review scenarios; neither people nor raters see them.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9]*$")
    facet: Facet
    text: str
    high: str
    low: str

    @property
    def domain(self) -> str:
        """The Big Five domain of the facet."""
        return next(name for name, facets in DOMAINS.items() if self.facet in facets)


@cache
def shipped() -> tuple[Scenario, ...]:
    """The scenarios that ship with the project, the domains in turn."""
    rows, _ = read_yaml(_FILE)
    return tuple(Scenario.model_validate(row) for row in rows)


def first(count: int | None = None) -> tuple[Scenario, ...]:
    """The first so many scenarios, or all.

    Raises:
        InputError: there are fewer.
    """
    every = shipped()
    if count is not None and not 1 <= count <= len(every):
        raise InputError(f"there are {len(every)} scenarios: ask for 1 to {len(every)}")
    return every[:count]


def instrument_of(scenarios: tuple[Scenario, ...]) -> Instrument:
    """The scenarios as a questionnaire of open questions."""
    return Instrument(
        id="scenarios",
        title="Everyday situations",
        items=tuple(Item(id=one.id, kind=Kind.LONG_TEXT, text=one.text) for one in scenarios),
    )
