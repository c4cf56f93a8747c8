"""Levels of Big Five domains and facets from answers, and the levels that a person was given.

All levels go from 1 (very low) to 5 (very high). Two families of scales are known. Facets: items
whose scale is one of the 30 facets, as in the IPIP-NEO-120 (Johnson, 2014, Journal of Research in
Personality 51, 78-89), where six facets make a domain. The Mini-IPIP: five scales of four items
(Donnellan, Oswald, Baird and Lucas, 2006, Psychological Assessment 18(2), 192-203).

Missing rules: a scale has a level where at least three quarters of its items are answered, the mean
over these; a domain has one where at least five of its six facets have. Nothing is put in the place
of what is missing.
"""

from collections.abc import Iterable, Mapping, Sequence

from simulacra.domain.answer import Missing, Response
from simulacra.domain.base import Frozen
from simulacra.domain.persona import DOMAINS, FACETS, Persona
from simulacra.domain.survey import Item
from simulacra.errors import InputError

DOMAIN_OF = {
    "extraversion": "extraversion",
    "agreeableness": "agreeableness",
    "conscientiousness": "conscientiousness",
    "neuroticism": "neuroticism",
    "intellect": "openness",
}
"""The scales in the order of Donnellan et al. (2006), each with its domain of a personality."""

LOWEST, HIGHEST = 1, 5
_CODES = frozenset(str(code) for code in range(LOWEST, HIGHEST + 1))
_ENDS = frozenset((str(LOWEST), str(HIGHEST)))


class ScaleScore(Frozen):
    """Level of one scale, 1 to 5: the mean over ``answered`` of its ``items``, or None if too few.

    The mean of a domain of facets is that over its facets; it counts the items of them all.
    """

    scale: str
    mean: float | None
    answered: int
    items: int


def measures_facets(items: Iterable[Item]) -> bool:
    """Whether there are items of all 30 facets; a Mini-IPIP has a scale "intellect" too."""
    return set(FACETS) <= {item.scale for item in items}


def score_big_five(
    items: Iterable[Item], responses: Mapping[str, Response]
) -> tuple[ScaleScore, ...]:
    """Levels of one respondent in the Big Five, by the items that there are.

    With items of all 30 facets, the five domains of Johnson (2014) in the order of ``DOMAINS``;
    else the scales of Donnellan et al. (2006) in the order of ``DOMAIN_OF``. ``responses`` are by
    item id. A reversed item counts 6 minus its code. Items of other scales are passed over, and a
    scale without items has no score.

    Raises:
        InputError: the codes of an item of these scales do not go from 1 to 5.
    """
    items = tuple(items)
    if measures_facets(items):
        return score_domains(score_facets(items, responses))
    return score_scales(items, responses, DOMAIN_OF)


def score_facets(items: Iterable[Item], responses: Mapping[str, Response]) -> list[ScaleScore]:
    """Levels of one respondent in the facets that have items, in the order of ``FACETS``.

    Raises:
        InputError: the codes of an item of a facet do not go from 1 to 5.
    """
    return list(score_scales(items, responses, FACETS))


def score_domains(facets: Iterable[ScaleScore]) -> tuple[ScaleScore, ...]:
    """Levels of the domains whose six facets were all asked, in the order of ``DOMAINS``."""
    by_name = {one.scale: one for one in facets}
    return tuple(
        _domain(domain, [by_name[facet] for facet in names])
        for domain, names in DOMAINS.items()
        if set(names) <= set(by_name)
    )


def domain_means(facets: Mapping[str, float]) -> dict[str, float]:
    """Means of the domains for which at least five of the six facets have a level."""
    found: dict[str, float] = {}
    for domain, names in DOMAINS.items():
        levels = [facets[name] for name in names if name in facets]
        if len(levels) >= len(names) - 1:
            found[domain] = sum(levels) / len(levels)
    return found


def score_scales(
    items: Iterable[Item], responses: Mapping[str, Response], scales: Iterable[str]
) -> tuple[ScaleScore, ...]:
    """Levels of one respondent in the scales that have items, in the order given.

    Raises:
        InputError: the codes of an item of these scales do not go from 1 to 5.
    """
    by_scale: dict[str, list[Item]] = {scale: [] for scale in scales}
    for item in items:
        if item.scale in by_scale:
            by_scale[item.scale].append(item)
    return tuple(_scored(scale, mine, responses) for scale, mine in by_scale.items() if mine)


def assigned_levels(persona: Persona) -> dict[str, float]:
    """Levels, 1 to 5, that a person was given, by domain and Mini-IPIP scale; empty for none.

    The scale intellect of Donnellan et al. (2006) stands for the domain openness.
    """
    levels = persona.personality.domain_levels()
    return levels | {scale: levels[domain] for scale, domain in DOMAIN_OF.items() if levels}


def keyed_level(item: Item, response: Response | None) -> int | None:
    """What a response says of the item's scale, 1 to 5, reversed items turned round; or None.

    Raises:
        InputError: the item's codes do not go from 1 to 5.
    """
    codes = {option.code for option in item.options if option.missing is None}
    if not _ENDS <= codes <= _CODES:
        raise InputError(
            f"item {item.id} of the scale {item.scale} needs the codes 1 to 5; "
            "give it those, or name its scale otherwise"
        )
    if response is None or isinstance(response, Missing):
        return None
    code = int(response.codes[0])
    return LOWEST + HIGHEST - code if item.reverse else code


def _scored(scale: str, items: Sequence[Item], responses: Mapping[str, Response]) -> ScaleScore:
    levels = [
        level for item in items if (level := keyed_level(item, responses.get(item.id))) is not None
    ]
    enough = 4 * len(levels) >= 3 * len(items)
    return ScaleScore(
        scale=scale,
        mean=sum(levels) / len(levels) if enough else None,
        answered=len(levels),
        items=len(items),
    )


def _domain(domain: str, facets: Sequence[ScaleScore]) -> ScaleScore:
    known = {one.scale: one.mean for one in facets if one.mean is not None}
    return ScaleScore(
        scale=domain,
        mean=domain_means(known).get(domain),
        answered=sum(one.answered for one in facets),
        items=sum(one.items for one in facets),
    )
