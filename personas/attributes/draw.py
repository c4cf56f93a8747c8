"""One person's attributes, drawn in stages; what breaks a constraint is redrawn.

Each stage draws one attribute from its pool, given those before it. A draw that breaks a rule is
taken back and drawn again; where no entry of the pool fits what came before, the whole person is
drawn again. Nothing is ever adjusted to fit.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import numpy as np

from personas.attributes.conditions import CompiledRule, Facts, Holds, compiled
from personas.attributes.names import draw_name
from personas.attributes.pools import Place, Pools, load_pools
from personas.attributes.stages import Entry, Pool, Stage, Wish, stages
from simulacra.errors import InputError

SAMPLE_DAY = date(2026, 11, 1)
"""The day people live on where none is named: a fixed one, so that a seed gives the same people."""

NO_WISH = Wish()
_BLIND_TRIES = 24
_RESTARTS = 3000


class AttributeSampler:
    """Draws people's attributes from pools under their constraints.

    ``as_of`` is the day they all live on.
    """

    def __init__(self, as_of: date = SAMPLE_DAY, pools: Pools | None = None) -> None:
        self.pools, self.as_of = pools or load_pools(), as_of
        self._stages = stages(self.pools, as_of)
        self._asked: dict[tuple[int, frozenset[Any]], Pool] = {}
        known = self.pools.fields
        self._hobbies = [(one.name, compiled(one.when, known)) for one in self.pools.hobbies]
        self._short = [(one.goal, compiled(one.when, known)) for one in self.pools.short_term]
        self._long = [(one.goal, compiled(one.when, known)) for one in self.pools.long_term]

    def draw(self, rng: np.random.Generator, wish: Wish = NO_WISH) -> dict[str, Any]:
        """All facts of one person: the fields of constraints.yaml, place, goals and name.

        Raises:
            InputError: no person can be as the wish says; the rules against it are named.
        """
        facts = self.draw_core(rng, wish)
        place: Place = facts["place"]
        facts["languages"] = _languages(rng, place)
        facts["hobbies"] = _some(rng, self._hobbies, facts, 3)
        facts["short_term_goals"] = _some(rng, self._short, facts, 3)
        facts["long_term_goal"] = _some(rng, self._long, facts, 1)[0]
        facts["name"] = draw_name(rng, place, facts["gender"])
        return facts

    def draw_core(self, rng: np.random.Generator, wish: Wish = NO_WISH) -> dict[str, Any]:
        """The facts of one person that rules speak of, without hobbies, goals and name.

        Raises:
            InputError: no person can be as the wish says; the rules against it are named.
        """
        against: Counter[str] = Counter()
        for _ in range(_RESTARTS):
            facts = self.try_core(rng, wish, against)
            if facts is not None:
                return facts
        raise InputError(self._refusal(wish, against))

    def try_core(
        self, rng: np.random.Generator, wish: Wish, against: Counter[str] | None = None
    ) -> dict[str, Any] | None:
        """One try of ``draw_core``; None where it came to a dead end.

        ``against`` counts what stood in the way.
        """
        facts: dict[str, Any] = {"as_of": self.as_of}
        for stage in self._stages:
            entry = self._drawn(stage, facts, rng, wish, against)
            if entry is None:
                return None
            facts.update(entry)
        return facts

    def fits(self, facts: Facts, fields: Collection[str]) -> bool:
        """Whether facts break no rule that speaks of ``fields`` alone."""
        asked = frozenset(fields)
        return not any(
            one.broken_by(facts) for one in self.pools.rulebook.rules if one.fields <= asked
        )

    def _drawn(
        self,
        stage: Stage,
        facts: Facts,
        rng: np.random.Generator,
        wish: Wish,
        against: Counter[str] | None,
    ) -> Entry | None:
        """What one stage adds to the facts, redrawn while it breaks a rule; None: nothing fits."""
        if not wish.fixed.keys().isdisjoint(stage.fields):
            return {name: wish.fixed.get(name) for name in stage.fields}
        pool = self._asked_of(stage, stage.pool(facts, wish), wish)
        rules = stage.rules
        if wish.data:
            rules = tuple(one for one in rules if not one.fields <= wish.told)
        trial = dict(facts)

        def broken(entry: Entry) -> bool:
            trial.update(entry)
            return any(one.broken_by(trial) for one in rules)

        if pool.entries:
            for _ in range(_BLIND_TRIES):
                entry = pool.draw(rng)
                if not broken(entry):
                    return entry
        # Drawing among the entries that fit is drawing again until one fits.
        left = pool.among(lambda entry: not broken(entry))
        if left.entries:
            return left.draw(rng)
        if against is not None:
            reasons = {one for entry in pool.entries for one in _broken(rules, {**facts, **entry})}
            against.update(reasons or [name for name in stage.fields if name in wish.allowed])
        return None

    def _asked_of(self, stage: Stage, pool: Pool, wish: Wish) -> Pool:
        """The part of a pool that the wish allows."""
        asked = frozenset(
            (name, wish.allowed[name]) for name in stage.fields if name in wish.allowed
        )
        if not asked:
            return pool
        key = (id(pool), asked)
        if key not in self._asked:
            self._asked[key] = pool.among(wish.admits)
        return self._asked[key]

    def _refusal(self, wish: Wish, against: Counter[str]) -> str:
        """Why nobody can be drawn, with the rules that stood in the way most often."""
        asked = "; ".join(f"{name} {_shown(some)}" for name, some in wish.allowed.items())
        says = {one.id: f"{one.id} ({one.says})" for one in self.pools.rules}
        told = [
            says.get(reason, f"no such {reason} in the pools")
            for reason, _ in against.most_common(2)
        ]
        return f"nobody can be drawn with {asked or 'these pools'}: {'; '.join(told)}"


def _broken(rules: Sequence[CompiledRule], facts: Facts) -> list[str]:
    return [one.rule.id for one in rules if one.broken_by(facts)]


def _shown(values: Collection[Any]) -> str:
    """A few values in words, a run of numbers as a range."""
    if len(values) > 3 and all(isinstance(one, int) for one in values):
        return f"{min(values)} to {max(values)}"
    some = sorted(str(one) for one in values)
    return " or ".join(some[:4]) + (f" or {len(some) - 4} more" if len(some) > 4 else "")


def _some(
    rng: np.random.Generator, pool: Sequence[tuple[str, Holds]], facts: Facts, number: int
) -> tuple[str, ...]:
    """Different entries of a pool, each drawn again while it does not suit the person."""
    found: list[str] = []
    for place in rng.permutation(len(pool)):
        text, suits = pool[place]
        if suits(facts):
            found.append(text)
            if len(found) == number:
                break
    return tuple(found)


def _languages(rng: np.random.Generator, place: Place) -> tuple[str, ...]:
    """Those of the place, and each further one with its chance."""
    further = [name for name, chance in place.further.items() if rng.random() < chance]
    return (*place.languages, *further)
