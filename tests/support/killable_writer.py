"""A process to be killed: writes a life with the novelist, and logs every call it buys.

``python -m tests.support.killable_writer WORKSPACE STRATEGY LOG`` imports everything once, then
waits for lines on stdin: each one forks a process that starts or goes on with the work, whose id is
printed; when it has ended, however that came, its exit status is printed (negative: the signal).
"""

import asyncio
import os
import sys
from pathlib import Path

from personas.authoring.author import Author
from personas.authoring.gate import Gate
from personas.authoring.pipeline import Pipeline
from personas.authoring.settings import WriteSettings
from simulacra.domain.call import Completion, Request
from simulacra.storage.authoring import AuthoringRepository
from simulacra.storage.database import open_database
from simulacra.storage.personas import PersonaRepository
from tests.support.embedders import HashEmbedder
from tests.support.novelist import novelist

WORDS = 2_000


class LoggedModel:
    """The novelist; writes stage and key of every call that came back, each line in one write."""

    def __init__(self, log: Path, delay: float) -> None:
        self._inner = novelist(faulty=0.1, delay=delay)
        self.info = self._inner.info
        self._log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    async def complete(self, request: Request) -> Completion:
        completion = await self._inner.complete(request)
        os.write(self._log, f"{request.agent} {request.key()}\n".encode())
        return completion


async def conduct(url: str, strategy: str, log: Path, delay: float = 0.004) -> None:
    """Write the life, or go on with it, and save it."""
    database = open_database(url)
    people, store = PersonaRepository(database), AuthoringRepository(database)
    author = Author(LoggedModel(log, delay), store, "ilka-varga", seed=7)  # type: ignore[arg-type]
    settings = WriteSettings.model_validate({"words": WORDS, "strategy": strategy, "seed": 7})
    gate = Gate(store, "ilka-varga", auto_approve=True, by="batch")
    written = await Pipeline(author, settings, gate, HashEmbedder()).write(
        people.get("ilka-varga", 1)
    )
    people.save(written.persona)
    database.close()


def main() -> None:
    """Fork one process for each line on stdin."""
    url, strategy, log = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    print("ready", flush=True)
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            asyncio.run(conduct(url, strategy, log))
            os._exit(0)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
