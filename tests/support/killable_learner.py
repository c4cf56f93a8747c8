"""A process to be killed while a person learns from a talk.

``python -m tests.support.killable_learner URL MOMENT LOG`` goes through the same talk of two pieces
each time it is run, and logs each call it buys. It kills itself at a MOMENT: "call" (once a call is
stored), "settle" (before the memories are), "settled" (after); "never" lets it end.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from simulacra.cognition.state import Exchange
from simulacra.domain.call import Request
from simulacra.domain.learning import Source
from simulacra.llm.scripted import ScriptedModel
from simulacra.runs.learning import Learner
from simulacra.storage.database import open_database
from simulacra.storage.learned import LearnedRepository
from tests.support.minds import recaller, respondent

PIECES = 2
TALK = tuple(
    Exchange(item_id="chat", question=f"Thing {number} " + "word " * 3000, answer="Good.")
    for number in range(PIECES)
)


def told(log: str) -> Callable[[Request], dict[str, Any]]:
    """What the model tells, each call logged."""

    def tell(request: Request) -> dict[str, Any]:
        with Path(log).open("a", encoding="utf-8") as file:
            file.write(f"{request.key()}\n")
        text = request.messages[-1].text
        turn = next(one for one in range(PIECES) if f"{one + 1}. You were asked" in text)
        memory = {
            "content": f"I heard of thing {turn}.",
            "thought": "",
            "feeling": "",
            "summary": "",
            "importance": 3,
            "turns": [turn + 1],
            "contradicts": "",
        }
        return {"memories": [memory]}

    return tell


def die(*_: object) -> None:
    """As kill -9 does."""
    os.kill(os.getpid(), signal.SIGKILL)


class Mortal(LearnedRepository):
    """Dies at its moment."""

    moment = "never"

    def keep(self, *args: Any, **options: Any) -> None:
        super().keep(*args, **options)
        if self.moment == "call":
            die()

    def settle(self, *args: Any, **options: Any) -> bool:
        if self.moment == "settle":
            die()
        stored = super().settle(*args, **options)
        if self.moment == "settled":
            die()
        return stored


def main() -> None:
    """Learn, or die."""
    url, moment, log = sys.argv[1:4]
    store = Mortal(open_database(url))
    store.moment = moment
    mind = respondent(ScriptedModel(told(log))).context  # type: ignore[arg-type]
    learner = Learner(mind, store, recaller())
    source = Source(kind="conversation", id="c1")
    asyncio.run(learner.learn(source, TALK, when=date(2026, 11, 24)))


if __name__ == "__main__":
    main()
