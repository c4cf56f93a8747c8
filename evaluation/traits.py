"""Big Five levels from the answers to a short scale, and the levels a person was given.

The scale is the Mini-IPIP: five scales of four items, codes 1 to 5, about half of them reversed
(Donnellan, Oswald, Baird and Lucas, 2006, The Mini-IPIP scales: Tiny-yet-effective measures of the
Big Five factors of personality, Psychological Assessment 18(2), 192-203).
"""

from collections.abc import Iterable, Mapping, Sequence

from simulacra.domain.answer import Missing, Response
from simulacra.domain.base import Frozen
from simulacra.domain.persona import Persona
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


class ScaleScore(Frozen):
    """Level of one scale, 1 to 5: the mean over ``answered`` of its ``items``, or None if too few.

    A scale has a level where at least three quarters of its items are answered: 3 of 4.
    """

    scale: str
    mean: float | None
    answered: int
    items: int


def score_big_five(
    items: Iterable[Item], responses: Mapping[str, Response]
) -> tuple[ScaleScore, ...]:
    """Levels of one respondent after Donnellan et al. (2006), in the order of ``DOMAIN_OF``.

    A reversed item counts 6 minus its code. A missing response, or none, leaves an item out of the
    mean; nothing is put in its place. Items of other scales are passed over, and a scale without
    items has no score. ``responses`` are by item id.

    Raises:
        InputError: an item of one of the five scales has other codes than 1 to 5.
    """
    by_scale: dict[str, list[Item]] = {scale: [] for scale in DOMAIN_OF}
    for item in items:
        if item.scale in by_scale:
            by_scale[item.scale].append(item)
    return tuple(_scored(scale, mine, responses) for scale, mine in by_scale.items() if mine)


def assigned_levels(persona: Persona) -> dict[str, float]:
    """Levels, 1 to 5, that a person was given, by scale; empty for one without facets.

    The scale intellect of Donnellan et al. (2006) stands for the domain openness.
    """
    levels = persona.personality.domain_levels()
    return {scale: levels[domain] for scale, domain in DOMAIN_OF.items() if domain in levels}


def _scored(scale: str, items: Sequence[Item], responses: Mapping[str, Response]) -> ScaleScore:
    levels = [
        level for item in items if (level := _level(item, responses.get(item.id))) is not None
    ]
    enough = 4 * len(levels) >= 3 * len(items)
    return ScaleScore(
        scale=scale,
        mean=sum(levels) / len(levels) if enough else None,
        answered=len(levels),
        items=len(items),
    )


def _level(item: Item, response: Response | None) -> int | None:
    if {option.code for option in item.options if option.missing is None} != _CODES:
        raise InputError(
            f"item {item.id} of the scale {item.scale} needs the codes 1 to 5; "
            "give it those, or name its scale otherwise"
        )
    if response is None or isinstance(response, Missing):
        return None
    code = int(response.codes[0])
    return LOWEST + HIGHEST - code if item.reverse else code
