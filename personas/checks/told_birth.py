"""The place of birth that the text tells, against the episode of the birth."""

import re
from collections.abc import Iterator

from personas.checks.claims import Life, conflict, day_of
from personas.checks.finding import Finding
from personas.checks.kinship import NAME
from personas.checks.places import apart
from simulacra.domain.persona import Episode

_IN = re.compile(rf"\b(?:in|at|near|to|from|of) ({NAME})")


def born_elsewhere(life: Life) -> Iterator[Finding]:
    """A place of birth that neither the episode of the birth nor the biography ever names."""
    episode = _birth(life)
    if episode is None:
        return
    text = life.persona.text_of(episode.span)
    places = _IN.findall(text)
    for claim in life.about(life.main, "born_in"):
        if claim.source != "text" or claim.episode == episode.id or not places:
            continue
        known = claim.object in text or claim.object in life.persona.biography
        if not known and all(apart(life.persona, claim.object, one) for one in places):
            told = ", ".join(dict.fromkeys(places))
            message = f"{claim.words}, but the birth is told of {told}"
            yield conflict("two-born-in", message, claim).model_copy(
                update={"other_span": episode.span}
            )


def _birth(life: Life) -> Episode | None:
    """The episode dated on the very day of birth."""
    for one in life.persona.episodes:
        if life.born and day_of(one) == life.born and life.born[0] == life.born[1]:
            return one
    return None
