"""The door to sampled people: N profiles, from the pools, to margins, or from microdata."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from personas.attributes.draw import SAMPLE_DAY, AttributeSampler
from personas.attributes.profiles import profile_of
from personas.population.allocation import Variable, allocate
from personas.population.draft import Draft, calibrated, lines_of
from personas.population.ids import slug
from personas.population.margins import Margins
from personas.population.meanings import Meaning, kind_of
from personas.population.microdata import Microdata
from personas.population.report import SampleReport, sample_report
from personas.population.resampling import from_microdata
from simulacra.domain.base import content_hash
from simulacra.domain.persona import Persona, Personality
from simulacra.errors import InputError
from simulacra.seeds import seed_of

DrawPersonality = Callable[[np.random.Generator], Personality]

MOST = 1_000_000
"""People drawn at once; they are held in memory, a few kilobytes each."""


@dataclass(frozen=True)
class Sample:
    """People and how they fit; their ids are made of their names and may come more than once."""

    personas: tuple[Persona, ...]
    report: SampleReport


def sample(
    n: int,
    seed: int,
    *,
    margins: Margins | None = None,
    microdata: Microdata | None = None,
    as_of: date = SAMPLE_DAY,
    personality: DrawPersonality | None = None,
    on_person: Callable[[int], None] | None = None,
) -> Sample:
    """Draw ``n`` people; the same arguments give the same people.

    Without ``margins`` and ``microdata``, people are drawn independently from the pools, and person
    k is the same in a sample of any size. ``on_person`` hears how many have been drawn.

    Raises:
        InputError: ``n`` is below 1 or above ``MOST``, or what is asked cannot be met; the
            message says why.
    """
    if n < 1:
        raise InputError(f"{n} people cannot be drawn: give a number from 1 up")
    if n > MOST:
        raise InputError(f"{n:,} people cannot be drawn at once: give at most {MOST:,}")
    sampler = AttributeSampler(as_of)
    rng = np.random.default_rng(seed_of("allocation", seed))
    if microdata is not None:
        draft = from_microdata(n, microdata, margins, sampler, rng)
    elif margins is not None:
        draft = _to_margins(n, margins, sampler, rng)
    else:
        draft = Draft([Meaning()] * n, np.ones(n), "pools")
    asked = _asked(n, margins, microdata)
    people = []
    for number in range(n):
        rng = np.random.default_rng(seed_of("sample", seed, asked, number))
        people.append(_person(number, seed, draft, sampler, rng, microdata, personality))
        if on_person is not None:
            on_person(number + 1)
    report = sample_report(
        seed=seed,
        as_of=as_of,
        origin=draft.origin,
        lines=draft.lines,
        weights=draft.weights,
        rows=draft.rows,
        notes=draft.notes,
    )
    return Sample(tuple(people), report)


def _asked(n: int, margins: Margins | None, microdata: Microdata | None) -> str:
    """A hash of what is asked, so that two populations of one seed do not share their names."""
    if margins is None and microdata is None:
        return ""
    shares = [one.model_dump(mode="json") for one in margins.margins] if margins else []
    rows = [[row.line, dict(row.words)] for row in microdata.rows] if microdata else []
    return content_hash([n, shares, rows])


def _person(
    number: int,
    seed: int,
    draft: Draft,
    sampler: AttributeSampler,
    rng: np.random.Generator,
    microdata: Microdata | None,
    personality: DrawPersonality | None,
) -> Persona:
    meaning = draft.meanings[number]
    origin: dict[str, str | int] = {"seed": seed, "number": number + 1, "origin": draft.origin}
    if microdata is not None and draft.rows is not None:
        row = microdata.rows[int(draft.rows[number])]
        origin["line"] = row.line
        if row.id is not None:
            origin["row"] = row.id
    try:
        facts = sampler.draw(rng, meaning.wish)
    except InputError as error:
        if microdata is None:
            raise
        line = int(origin["line"])
        raise InputError(f"{error}", path=microdata.path, line=line) from None
    profile = profile_of(facts, sampler.pools, meaning.labels, meaning.attributes)
    return Persona(
        id=slug(facts["name"]),
        name=facts["name"],
        source="sample",
        weight=round(float(draft.weights[number]), 6),
        profile=profile,
        personality=Personality() if personality is None else personality(rng),
        extra={"sample": origin},
    )


def _to_margins(
    n: int, margins: Margins, sampler: AttributeSampler, rng: np.random.Generator
) -> Draft:
    """Cells that meet the margins; weights mend what whole people cannot."""
    allocation = allocate(n, margins, sampler, rng)
    weights, notes = calibrated(np.ones(n), allocation.codes, allocation.variables)
    return Draft(
        [allocation.meaning(number) for number in range(n)],
        weights,
        "margins",
        None,
        lines_of(allocation.variables, allocation.codes, weights),
        [*notes, *_unknown_notes(allocation.variables)],
    )


def _unknown_notes(variables: Sequence[Variable]) -> list[str]:
    """Categories that no pool knows: they are kept as they stand, and nothing else follows."""
    told = []
    for variable in variables:
        kind = kind_of(variable.name)
        odd = [
            repr(category.name)
            for category, meaning in zip(variable.margin.categories, variable.meanings, strict=True)
            if not meaning.known
        ]
        if kind is not None and odd:
            told.append(
                f"{variable.name}: the pools do not know {', '.join(odd[:4])}; the words are kept "
                "and nothing else is made to fit them"
            )
    return told
