"""People with known traits and an observer who reads them off scripted answers."""

import json
import re
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from evaluation.personality.materials import AGREE, DISAGREE, scenarios, trait_sentences
from evaluation.personality.scoring import DOMAIN_OF
from personas.personality import draw_personalities
from simulacra.domain.call import Request
from simulacra.domain.persona import Persona, Profile
from simulacra.domain.survey import Instrument
from simulacra.errors import FatalModelError

TRAITS = ("neuroticism", "extraversion", "openness")


def population(many: int, seed: int = 0) -> list[Persona]:
    """People with drawn personalities and nothing else."""
    drawn = draw_personalities(np.random.default_rng(seed), many)
    return [
        Persona(
            id=f"person-{at:03d}",
            name=f"Person {at:03d}",
            source="sample",
            profile=Profile(gender="female", age=40),
            personality=one,
        )
        for at, one in enumerate(drawn)
    ]


def measured(
    many: int,
    *,
    loading: float,
    method: float,
    methods: tuple[str, ...] = ("one", "two"),
    seed: int = 0,
) -> Mapping[str, Mapping[str, Mapping[str, float]]]:
    """Levels by method, person and trait: trait, method and chance in shares of the variance."""
    rng = np.random.default_rng(seed)
    traits = rng.standard_normal((many, len(TRAITS)))
    left = np.sqrt(1 - loading - method)
    return {
        name: {
            f"p{at}": dict(zip(TRAITS, row.tolist(), strict=True))
            for at, row in enumerate(
                np.sqrt(loading) * traits
                + np.sqrt(method) * rng.standard_normal((many, 1))
                + left * rng.standard_normal((many, len(TRAITS)))
            )
        }
        for name in methods
    }


class Truthful:
    """Plays people by what they were given, as a model would; interviews hold a mark alone."""

    def __init__(self, people: Sequence[Persona], instrument: Instrument, seed: int = 0) -> None:
        self._people = {one.name: one for one in people}
        self._items = {
            item.text: item for item in (*instrument.items, *scenarios().instrument().items)
        }
        self._own = {
            (one.name, sentence.text): sentence.own
            for one in people
            for sentence in trait_sentences(one, seed)
        }
        self.requests: list[Request] = []
        self.dies_after: int | None = None

    def __call__(self, request: Request) -> str:
        if self.dies_after is not None and len(self.requests) >= self.dies_after:
            raise FatalModelError("the key was withdrawn")
        self.requests.append(request)
        text = "\n".join(message.text for message in request.messages)
        name = re.findall(r"Person \d{3}", text)[0]
        if request.output is None:
            return f"I bear the mark {name.split()[1]}."
        return json.dumps({"answer": self._code(self._people[name], text)})

    def _code(self, person: Persona, text: str) -> str:
        mine = [one for name, one in self._own if name == person.name]
        # Earlier questions are there too: the last one is asked.
        asked = max((*self._items, *mine), key=lambda one: (_end(text, one), len(one)))
        if asked not in self._items:
            return AGREE if self._own[person.name, asked] else DISAGREE
        item = self._items[asked]
        given: Mapping[str, float] = {
            **person.personality.facets, **person.personality.domain_levels(),
        }  # fmt: skip
        mini = item.scale if item.id.startswith("ipip") else None  # a facet is called intellect too
        level = given[DOMAIN_OF[mini] if mini else item.scale or ""]
        level = 6 - level if item.reverse else level
        codes = [int(option.code) for option in item.options]
        return str(min(codes, key=lambda code: abs(code - level)))


class Observer:
    """Rates by the mark in an interview: the levels of the person who bears it, ``off`` the mark.

    ``blind`` facets are those that the answers do not show to it.
    """

    def __init__(
        self, people: Sequence[Persona], *, off: int = 0, blind: Collection[str] = ()
    ) -> None:
        self._people = {one.name.split()[1]: one for one in people}
        self._off, self._blind = off, blind
        self.requests: list[Request] = []
        self.dies_after: int | None = None

    def __call__(self, request: Request) -> str:
        if self.dies_after is not None and len(self.requests) >= self.dies_after:
            raise FatalModelError("the key was withdrawn")
        self.requests.append(request)
        text = request.messages[-1].text
        person = self._people[re.findall(r"the mark (\d{3})", text)[0]]
        assert request.output is not None
        facets = [name for name in request.output.definition["properties"] if name != "reason"]
        levels: Mapping[str, int] = dict(person.personality.facets)
        given = {
            facet: 0 if facet in self._blind else min(5, max(1, levels[facet] + self._off))
            for facet in facets
        }
        return json.dumps({"reason": "The mark says so.", **given})


def _end(text: str, part: str) -> int:
    """Where a part ends for the last time; -1 where it is not there."""
    start = text.rfind(part)
    return start + len(part) if start >= 0 else -1
