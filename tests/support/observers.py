"""Raters and players for observer reports: rule-based, with biases that are known."""

import json
import random
import re
from collections.abc import Callable
from typing import Any

from evaluation.observer.views import SimilarityView
from evaluation.raters.base import Rated, RaterInfo, Rating, View
from simulacra.domain.call import Request
from simulacra.llm.port import ModelInfo
from simulacra.llm.scripted import ScriptedModel
from simulacra.seeds import seed_of

PLAYER, FIRST, SECOND = "player", "first", "second"
DEEDS = ("wait", "help", "shout", "leave", "laugh")


def deed_in(text: str) -> str:
    """The act that a text speaks of; "" where none."""
    found = re.search("|".join(DEEDS), text)
    return found[0] if found else ""


def whole(request: Request) -> str:
    return "\n".join(message.text for message in request.messages)


def play(request: Request) -> str:
    """A player whose act depends on the situation and on who is played."""
    text = whole(request)
    who = re.search(r"Person \d+", text)
    number = seed_of(who[0] if who else "", request.messages[-1].text)
    return f"I {DEEDS[number % len(DEEDS)]}, and that is how I am, {number} times."


def judge(
    bonus: Callable[[str], float] = lambda _: 0.0, *, way: str = "way"
) -> Callable[[Request], str]:
    """A rater model: foresees by hash, and judges by whether the act is the same, plus a bonus.

    What it writes is told from what others write by a word, its ``way``.
    """

    def reply(request: Request) -> str:
        text = request.messages[-1].text
        if request.agent == "describe":
            return f"Somebody of the {seed_of(text)} kind, as is their {way}."
        if request.agent == "expect":
            return f"I {DEEDS[seed_of(text) % len(DEEDS)]}. It is my {way}."
        if request.agent == "fit":
            return json.dumps({"reason": "So it seems.", "fit": 60})
        first, second = re.findall(r"(?:First|Second) answer: (.*)", text)
        score = 70.0 if deed_in(first) == deed_in(second) else 30.0
        score += random.Random(request.seed).randrange(-5, 6) + bonus(second)
        return json.dumps({"reason": "Compared.", "similarity": round(min(100, max(0, score)))})

    return reply


def model(
    name: str, reply: Callable[[Request], str | dict[str, Any]], asked: list[Request] | None = None
) -> ScriptedModel:
    """A model that replies by a function, and notes what it was asked."""

    def noting(request: Request) -> str | dict[str, Any]:
        if asked is not None:
            asked.append(request)
        return reply(request)

    return ScriptedModel(noting, info=ModelInfo(spec=name, name=name))


class NoisyRater:
    """Judges similarity as 50 with noise (normal, ``sd`` points), and a bonus a word of length."""

    def __init__(self, seed: int, *, per_word: float = 0.0, sd: float = 12.0) -> None:
        self.info = RaterInfo(name=f"noisy {seed}", roles=("similarity",))
        self._seed, self._per_word, self._sd = seed, per_word, sd

    async def rate(self, view: View) -> Rated:
        assert isinstance(view, SimilarityView)
        noise = random.Random(seed_of(self._seed, view.id)).gauss(0, self._sd)
        score = 50 + noise + self._per_word * len(view.given.split())
        return Rating(scores={"similarity": float(round(min(100.0, max(0.0, score))))})
