"""Who is asked under which condition."""

from collections import Counter
from collections.abc import Mapping, Sequence

from simulacra.domain.design import Design, Quota
from simulacra.domain.run import PersonaRef
from simulacra.seeds import seed_of


def assigned(
    personas: Sequence[PersonaRef], design: Design, seed: int
) -> list[tuple[PersonaRef, str]]:
    """Each person with a condition: all of them in turn within people, else one drawn at random.

    Drawn in permuted blocks, so that after each block the conditions hold exactly their shares
    (permuted-block randomisation; Altman & Bland, 1999, "How to randomise"). People are dealt out
    in an order of the seed, and come back in their own.
    """
    names = [one.name for one in design.conditions]
    if not names:
        return [(persona, "") for persona in personas]
    if design.within:
        return [(persona, name) for persona in personas for name in names]
    block = [one.name for one in design.conditions for _ in range(one.share)]
    dealt = sorted(personas, key=lambda one: (seed_of(seed, "deal", one.id), one.id))
    given: dict[PersonaRef, str] = {}
    for start in range(0, len(dealt), len(block)):
        order = sorted(
            range(len(block)), key=lambda at: (seed_of(seed, "block", start, at), at)
        )  # drawn anew for each block
        for persona, at in zip(dealt[start : start + len(block)], order, strict=False):
            given[persona] = block[at]
    return [(persona, given[persona]) for persona in personas]


def within_quotas(
    personas: Sequence[PersonaRef],
    attributes: Mapping[str, Mapping[str, str]],
    quotas: Sequence[Quota],
) -> list[PersonaRef]:
    """The people in order, without those for whom a quota is already full.

    ``attributes`` of each person by id; a person without the attribute counts for no quota.
    """
    full = Counter[tuple[str, str]]()
    kept: list[PersonaRef] = []
    for persona in personas:
        mine = [one for one in quotas if attributes[persona.id].get(one.attribute) == one.value]
        if all(full[one.attribute, one.value] < one.most for one in mine):
            full.update((one.attribute, one.value) for one in mine)
            kept.append(persona)
    return kept
