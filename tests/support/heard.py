"""Memories of conversations that never were: varied, seeded, and many in the words of a life."""

import random
import re
from collections.abc import Sequence

from simulacra.domain.memory import Memory
from simulacra.domain.persona import Persona
from simulacra.seeds import seed_of

_NAMES = (
    "Zoe",
    "Max",
    "Ada",
    "Noor",
    "Piet",
    "Lina",
    "Tomas",
    "Yuki",
    "Sefa",
    "Igor",
    "Rosa",
    "Wim",
)
_PLACES = ("Lyon", "Turku", "Porto", "Leeds", "Gdansk", "Izmir", "Sapporo", "Windhoek", "Quito")
_THINGS = (
    "a clock", "the bus strike", "a leaking roof", "her thesis", "his new shoes", "a lost umbrella",
    "the price of bread", "a choir", "an old bicycle", "the flu", "a parcel", "the election",
    "a garden wall", "night trains", "a broken phone", "a wedding cake", "the school board",
)  # fmt: skip
_PLAIN = (
    "{name} told me about {thing} in {place}, and I said that I would think about it.",
    "I was asked by {name} how I sleep. I said well enough, and we came to speak of {thing}.",
    "{name} from {place} wanted my advice on {thing}. I gave it, for what it is worth.",
    "We agreed, {name} and I, to write to each other about {thing} before {month}.",
    "{name} has {number} neighbours in {place} and likes none of them. I laughed at that.",
    "I found out that {name} will move to {place} in {month} because of {thing}.",
)
_OWN = (
    "{name} asked me about {word} and {other}. I told a little, and we went on to {thing}.",
    "I spoke with {name} of {word}. {name} had once seen {other} in {place}.",
    "{name} said that {word} and {other} always come together. I do not think so.",
    "Of {word} I told {name} that it is long ago; {name} wrote {other} down and thanked me.",
)
_MONTHS = ("January", "March", "May", "July", "October", "December")
_WORD = re.compile(r"\b[A-Za-z][\w’'-]{4,}\b")


def heard(persona: Persona, count: int, own: float = 0.4, seed: int = 0) -> list[Memory]:
    """``count`` memories of conversations; the share ``own`` of them in words of the life."""
    pick = random.Random(seed_of(seed, persona.id, "heard"))
    words = [_WORD.findall(memory.content) for memory in persona.memories]
    words = [some for some in words if len(some) > 1]
    found = []
    for number in range(count):
        from_life = bool(words) and pick.random() < own
        content = pick.choice(_OWN if from_life else _PLAIN).format_map(_filled(pick, words))
        day = f"2026-{pick.randint(1, 12):02}-{pick.randint(1, 28):02}"
        found.append(
            Memory(
                id=f"h{number:04}",
                content=content,
                summary=content.partition(".")[0],
                when=day,
                importance=pick.randint(1, 6),
                origin="conversation",
            )
        )
    return found


def _filled(pick: random.Random, words: Sequence[Sequence[str]]) -> dict[str, str]:
    word, other = pick.sample(pick.choice(words), 2) if words else ("it", "that")
    return {
        "name": pick.choice(_NAMES),
        "place": pick.choice(_PLACES),
        "thing": pick.choice(_THINGS),
        "month": pick.choice(_MONTHS),
        "number": str(pick.randint(2, 40)),
        "word": word,
        "other": other,
    }
