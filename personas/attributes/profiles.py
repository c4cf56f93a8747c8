"""The facts that were drawn, as the profile of a persona."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from personas.attributes.conditions import Facts
from personas.attributes.pools import Place, Pools
from simulacra.domain.persona import Profile

_NO_LABELS: Mapping[str, str] = {}


def profile_of(
    facts: Facts,
    pools: Pools,
    labels: Mapping[str, str] = _NO_LABELS,
    attributes: Mapping[str, str | None] = _NO_LABELS,
) -> Profile:
    """A profile that says what the facts say.

    ``labels`` replace the words of fields of the profile, ``attributes`` join or replace the free
    attributes (None takes one away); both are taken as they stand.
    """
    place: Place = facts["place"]
    worded: dict[str, Any] = {
        "gender": facts["gender"],
        "education": _education(facts, pools),
        "occupation": _occupation(facts),
        "family": _family(facts, pools),
        "place": f"{facts['city']}, {place.country}",
        "culture": place.culture,
        **labels,
    }
    return Profile(
        age=facts["age"],
        date_of_birth=facts["date_of_birth"],
        as_of=facts["as_of"],
        isco=facts["isco"],
        isced=facts["isced"],
        languages=facts["languages"],
        hobbies=facts["hobbies"],
        short_term_goals=facts["short_term_goals"],
        long_term_goal=facts["long_term_goal"],
        attributes={
            name: words
            for name, words in {**_attributes(facts), **attributes}.items()
            if words is not None
        },
        **worded,
    )


def _education(facts: Facts, pools: Pools) -> str:
    labels = {one.isced: one.label for one in pools.levels}
    return labels.get(facts["isced"], "")


def _occupation(facts: Facts) -> str:
    name = facts["occupation"] or ""
    words = {"retired": "retired {}", "unemployed": "{}, out of work"}
    return words.get(facts["activity"], "{}").format(name) if name else ""


def _family(facts: Facts, pools: Pools) -> str:
    parts = []
    if facts["household"] is not None:
        parts.append(pools.households[facts["household"]].says)
    if facts["income"] is not None:
        parts.append(f"{facts['income']} income")
    return ", ".join(parts)


def _attributes(facts: Facts) -> dict[str, str]:
    """The free attributes, without those that are not known."""
    born: date = facts["date_of_birth"]
    finished = facts["education_age"]
    found = {
        "marital_status": facts["marital_status"],
        "children": facts["children"],
        "income": facts["income"],
        "employment": facts["activity"],
        "education_finished": None if finished is None else born.year + finished,
    }
    return {name: str(value) for name, value in found.items() if value is not None}
