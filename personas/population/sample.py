"""The door to sampled people: N profiles, from the pools, to margins, or from microdata."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from personas.attributes.draw import SAMPLE_DAY, AttributeSampler
from personas.attributes.profiles import profile_of
from personas.population.allocation import Allocation, Variable, allocate, variables_of
from personas.population.ids import slug
from personas.population.margins import Margins
from personas.population.meanings import Meaning, kind_of
from personas.population.microdata import Microdata, matches
from personas.population.raking import Codes, Floats, fit, integerised, rake
from personas.population.report import FitLine, Origin, SampleReport, fit_lines, sample_report
from simulacra.domain.persona import Persona, Personality
from simulacra.errors import InputError
from simulacra.seeds import seed_of

DrawPersonality = Callable[[np.random.Generator], Personality]
_MOST_CATEGORIES = 30
_CALIBRATED = 1e-6


@dataclass(frozen=True)
class Sample:
    """People and how they fit; their ids are made of their names and may come more than once."""

    personas: tuple[Persona, ...]
    report: SampleReport


@dataclass(frozen=True)
class _Draft:
    """Who is to be drawn: what is asked of each, with weights and, of microdata, the row."""

    meanings: Sequence[Meaning]
    weights: Floats
    rows: Codes | None
    lines: Sequence[FitLine]
    origin: Origin
    notes: Sequence[str]


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
        InputError: ``n`` is below 1, or what is asked cannot be met; the message says why.
    """
    if n < 1:
        raise InputError(f"{n} people cannot be drawn: give a number from 1 up")
    sampler = AttributeSampler(as_of)
    rng = np.random.default_rng(seed_of("allocation", seed))
    if microdata is not None:
        draft = _from_microdata(n, microdata, margins, sampler, rng)
    elif margins is not None:
        draft = _to_margins(n, margins, sampler, rng)
    else:
        draft = _Draft([Meaning()] * n, np.ones(n), None, (), "pools", ())
    people = []
    for number in range(n):
        people.append(_person(number, seed, draft, sampler, microdata, personality))
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


def _person(
    number: int,
    seed: int,
    draft: _Draft,
    sampler: AttributeSampler,
    microdata: Microdata | None,
    personality: DrawPersonality | None,
) -> Persona:
    rng = np.random.default_rng(seed_of("sample", seed, number))
    meaning = draft.meanings[number]
    origin: dict[str, str | int] = {"seed": seed, "number": number + 1, "origin": draft.origin}
    if microdata is not None and draft.rows is not None:
        origin["line"] = microdata.rows[int(draft.rows[number])].line
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
) -> _Draft:
    """Cells that meet the margins; weights mend what whole people cannot."""
    allocation: Allocation = allocate(n, margins, sampler, rng)
    weights, notes = _calibrated(np.ones(n), allocation.codes, allocation.variables)
    return _Draft(
        [allocation.meaning(number) for number in range(n)],
        weights,
        None,
        _lines(allocation.variables, allocation.codes, weights),
        "margins",
        [*notes, *_unknown_notes(allocation.variables)],
    )


def _from_microdata(
    n: int,
    microdata: Microdata,
    margins: Margins | None,
    sampler: AttributeSampler,
    rng: np.random.Generator,
) -> _Draft:
    """Rows by their weights, raked to the margins where there are any."""
    variables = variables_of(margins, sampler) if margins else ()
    codes = _row_codes(microdata, variables, margins)
    inside = (codes >= 0).all(axis=1)
    notes = list(microdata.notes)
    if not inside.all():
        notes.append(f"{int((~inside).sum())} rows in no category of a margin are left out")
    weights = np.where(inside, microdata.weights, 0.0)
    if variables:
        weights = _raked(weights, codes, variables, margins)
    rows, weights = _drawn_rows(
        n, microdata, weights, np.where(codes < 0, 0, codes), variables, rng
    )
    if variables:
        weights, more = _calibrated(weights, codes[rows], variables)
        notes += more
        lines = _lines(variables, codes[rows], weights)
    else:
        lines = _own_lines(microdata, rows, weights)
    return _Draft(
        [microdata.rows[row].meaning for row in rows],
        weights / weights.mean(),
        rows,
        lines,
        "microdata and margins" if variables else "microdata",
        notes,
    )


def _drawn_rows(
    n: int,
    microdata: Microdata,
    weights: Floats,
    codes: Codes,
    variables: Sequence[Variable],
    rng: np.random.Generator,
) -> tuple[Codes, Floats]:
    """The row behind each person, and the people's weights."""
    usable = np.flatnonzero(weights > 0)
    if microdata.mapping.draw == "rows":
        if n > len(usable):
            raise InputError(
                f"{n} people cannot be {len(usable)} rows, each at most once: ask for fewer, or "
                "write `draw: resample` in the mapping",
                path=microdata.path,
            )
        rows = rng.permutation(usable)[:n]
        return rows, weights[rows] / weights[rows].mean()
    expected = weights / weights.sum() * n
    sizes = [len(one.shares) for one in variables]
    numbers = integerised(expected, codes, sizes, rng)
    return rng.permutation(np.repeat(np.arange(len(weights)), numbers)), np.ones(n)


def _row_codes(
    microdata: Microdata, variables: Sequence[Variable], margins: Margins | None
) -> Codes:
    """The category of each row on each margin; -1 where it is in none."""
    codes = np.full((len(microdata.rows), len(variables)), -1, dtype=np.int64)
    for place, variable in enumerate(variables):
        pairs = list(zip(variable.meanings, variable.margin.categories, strict=True))
        for number, row in enumerate(microdata.rows):
            for code, (meaning, category) in enumerate(pairs):
                if matches(variable.name, meaning, category.name, row):
                    codes[number, place] = code
                    break
        if margins is not None and (codes[:, place] < 0).all():
            raise InputError(
                f"no row of {microdata.path.name} is in a category of {variable.name}: map a "
                "column to it, and recode its values to the words of the margins",
                path=margins.path,
                line=variable.margin.categories[0].line,
            )
    return codes


def _raked(
    weights: Floats, codes: Codes, variables: Sequence[Variable], margins: Margins | None
) -> Floats:
    """The rows' weights, fitted to the margins."""
    usable = weights > 0
    raked = np.zeros_like(weights)
    shares = [one.shares for one in variables]
    raked[usable] = rake(weights[usable] / weights[usable].sum(), codes[usable], shares)
    for place, variable in enumerate(variables):
        sums = fit(raked[usable], codes[usable, place], len(variable.shares))
        short = variable.shares - sums
        worst = int(np.argmax(short))
        if short[worst] > 0.0025 and margins is not None:
            category = variable.margin.categories[worst]
            raise InputError(
                f"{variable.name} {category.name!r} cannot have {category.share:.1%}: the rows of "
                f"the microdata reach {sums[worst]:.1%} beside the other margins; merge categories",
                path=margins.path,
                line=category.line,
            )
    return raked


def _calibrated(
    weights: Floats, codes: Codes, variables: Sequence[Variable]
) -> tuple[Floats, list[str]]:
    """Weights with a mean of 1 that meet the margins exactly; unchanged where they cannot."""
    for place, variable in enumerate(variables):
        counts = fit(np.ones(len(codes)), codes[:, place], len(variable.shares))
        empty = np.flatnonzero((counts == 0) & (variable.shares > 0))
        if len(empty):
            name = variable.margin.categories[int(empty[0])].name
            return weights, [
                f"nobody is in {variable.name} {name!r}, so that weights cannot mend the rest"
            ]
    raked = rake(weights, codes, [one.shares * len(weights) for one in variables])
    for place, variable in enumerate(variables):
        sums = fit(raked, codes[:, place], len(variable.shares)) / len(weights)
        if float(np.abs(sums - variable.shares).max()) > _CALIBRATED or (raked <= 0).any():
            return weights, ["the weights cannot meet all margins at once and stay as they were"]
    return raked, []


def _lines(variables: Sequence[Variable], codes: Codes, weights: Floats) -> list[FitLine]:
    found: list[FitLine] = []
    for place, one in enumerate(variables):
        names = [category.name for category in one.margin.categories]
        found += fit_lines(one.name, names, one.shares, codes[:, place], weights)
    return found


def _own_lines(microdata: Microdata, rows: Codes, weights: Floats) -> list[FitLine]:
    """The weighted shares of the microdata against those drawn, of attributes with few values."""
    found: list[FitLine] = []
    for name in microdata.attributes:
        said = [row.words.get(name) for row in microdata.rows]
        names = sorted({one for one in said if one is not None})
        if not 1 < len(names) <= _MOST_CATEGORIES:
            continue
        codes = np.array([-1 if one is None else names.index(one) for one in said])
        there = codes >= 0
        mass = fit(microdata.weights[there], codes[there], len(names))
        found += fit_lines(name, names, mass / mass.sum(), codes[rows], weights)
    return found


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
