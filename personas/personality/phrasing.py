"""A personality in first-person sentences."""

from functools import cache
from itertools import permutations

import numpy as np

from personas.personality.data import facet_model, function_model
from simulacra.domain.persona import FACETS, Facet, Function, Personality, Trait


def phrase(personality: Personality, rng: np.random.Generator) -> tuple[Trait, ...]:
    """The sentences of a personality: its functions from rank 1 to 8, then its facets.

    Functions: 4, 3, 2, 1, 1, 2, 3 and 4 sentences from ranks 1 to 8. Facets: one sentence for each
    level but the average one. ``rng`` decides among the sentences and items that would do; equal
    generators give equal sentences. Without functions, or without facets, theirs are left out.
    """
    return _of_functions(personality, rng) + _of_facets(personality, rng)


def _of_functions(personality: Personality, rng: np.random.Generator) -> tuple[Trait, ...]:
    drawn = function_model().drawn
    return tuple(
        trait
        for rank, function in enumerate(personality.functions, start=1)
        for trait in _some(function_traits(function, rank), drawn[rank], rng)
    )


def _some(traits: tuple[Trait, ...], count: int, rng: np.random.Generator) -> list[Trait]:
    """``count`` of the traits in random order."""
    return [traits[place] for place in rng.permutation(len(traits))[:count].tolist()]


def _of_facets(personality: Personality, rng: np.random.Generator) -> tuple[Trait, ...]:
    levels = [(facet, personality.facets[facet]) for facet in FACETS if facet in personality.facets]
    spoken = [facet_traits(facet, level) for facet, level in levels]
    picks = rng.random(len(spoken)).tolist()
    return tuple(
        traits[int(pick * len(traits))]
        for traits, pick in zip(spoken, picks, strict=True)
        if traits
    )


@cache
def function_traits(function: Function, rank: int) -> tuple[Trait, ...]:
    """Every sentence of a function at a rank."""
    texts = function_model().sentences[function][rank]
    return tuple(Trait(text=text, function=function, rank=rank) for text in texts)


@cache
def facet_traits(facet: Facet, level: int) -> tuple[Trait, ...]:
    """Every sentence that says a facet's level with an item or two; none for the average level."""
    model = facet_model()
    if level not in model.phrases:
        return ()
    said, items = model.phrases[level], model.items[facet]
    keyed = items.high if said.keyed == "high" else items.low
    pairs = permutations([item[0].lower() + item[1:] for item in keyed], 2)
    texts = [text.format(first=one, second=two) for one, two in pairs for text in said.texts]
    return tuple(Trait(text=text, facet=facet) for text in dict.fromkeys(texts))
