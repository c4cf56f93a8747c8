"""The order of candidates and who is kept: rules that the same scores always decide alike.

Candidates stand by their total (coherence plus distinctness, less one for each contradiction), then
by coherence, then by id; whoever has no verdict stands last. Whom a person drops is not kept; whom
a person keeps is kept; the other places up to ``keep`` go by rank to those with a verdict. Where a
person keeps more than ``keep``, all of them are kept.
"""

from collections.abc import Mapping
from typing import Literal

from simulacra.domain.base import Frozen
from simulacra.domain.selection import Override, Score, Selection


class Place(Frozen):
    """Where a candidate stands: ``rank`` from 1, and whether and by whose word it is kept.

    ``score`` None means not scored yet; ``override`` is the latest one, None where nobody spoke.
    """

    rank: int
    persona_id: str
    score: Score | None
    kept: bool
    override: Override | None = None


def standing(selection: Selection) -> tuple[Place, ...]:
    """Every candidate by rank."""
    scores = {score.persona_id: score for score in selection.scores}
    latest = {one.persona_id: one for one in selection.overrides}
    ids = [one.id for one in selection.spec.candidates]
    order = sorted(ids, key=lambda one: (*_merit(scores.get(one)), one))
    kept = _kept(order, scores, latest, selection.spec.keep)
    return tuple(
        Place(
            rank=rank,
            persona_id=one,
            score=scores.get(one),
            kept=one in kept,
            override=latest.get(one),
        )
        for rank, one in enumerate(order, start=1)
    )


def kept_ids(selection: Selection) -> tuple[str, ...]:
    """Who is kept, best first."""
    return tuple(place.persona_id for place in standing(selection) if place.kept)


def _merit(score: Score | None) -> tuple[bool, int, int]:
    """What candidates are sorted by, best first."""
    if score is None or score.verdict is None:
        return True, 0, 0
    return False, -score.verdict.total, -score.verdict.coherence


def _kept(
    order: list[str], scores: Mapping[str, Score], latest: Mapping[str, Override], keep: int
) -> frozenset[str]:
    word: dict[str, Literal["keep", "drop"]] = {
        persona_id: override.decision for persona_id, override in latest.items()
    }
    by_word = [one for one in order if word.get(one) == "keep"]
    by_rank = [one for one in order if one not in word and one in scores and scores[one].verdict]
    return frozenset(by_word + by_rank[: max(0, keep - len(by_word))])
