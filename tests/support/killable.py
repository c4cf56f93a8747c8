"""A process to be killed: conducts a run on a scripted model, and logs every call it buys.

``python killable.py URL RUN_ID LOG [shared]`` imports everything once, then waits for lines on
stdin: each one forks a process that starts, resumes or (``shared``) shares the run, whose id is
printed; when it has ended, however that came, its exit status is printed (negative: the signal).
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from simulacra.cognition.respondent import Respondent
from simulacra.domain.call import Completion, Request, Scores
from simulacra.domain.run import PersonaRef
from simulacra.llm.scripted import Rule, ScriptedModel, When
from simulacra.memory.exact import ExactIndex
from simulacra.memory.recall import Recaller
from simulacra.runs import engine
from simulacra.storage.database import open_database
from simulacra.storage.personas import PersonaRepository
from simulacra.storage.runs import RunRepository
from tests.support.embedders import HashEmbedder

RULES = (
    Rule(when=When(agent="top", share=0.05), reply="colourless green ideas"),
    Rule(when=When(agent="top"), choose=True),
    Rule(choose=True),
)


class LoggedModel:
    """Writes the agent and the key of every call that came back; each line in one write."""

    def __init__(self, inner: ScriptedModel, log: Path) -> None:
        self._inner, self.info = inner, inner.info
        self._log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    async def complete(self, request: Request) -> Completion:
        completion = await self._inner.complete(request)
        os.write(self._log, f"{request.agent} {request.key()}\n".encode())
        return completion

    async def score(self, request: Request, options: Sequence[str]) -> Scores:
        raise NotImplementedError

    def stream(self, request: Request) -> "None":
        raise NotImplementedError

    async def aclose(self) -> None:
        os.close(self._log)


async def conduct(
    url: str, run_id: str, log: Path, delay: float = 0.004, *, shared: bool = False
) -> None:
    """Start, resume or share a run."""
    database = open_database(url)
    people, runs = PersonaRepository(database), RunRepository(database)
    model = LoggedModel(ScriptedModel(RULES, delay=delay), log)
    recaller = Recaller(ExactIndex(), HashEmbedder())
    method = runs.spec(run_id).mechanism

    def respondent(ref: PersonaRef) -> Respondent:
        return Respondent(people.load(ref), method, model, recaller)  # type: ignore[arg-type]

    await engine.run(run_id, runs, respondent, temperature=0.0, shared=shared)
    await model.aclose()
    database.close()


def main() -> None:
    """Fork one process for each line on stdin."""
    url, run_id, log = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    shared = "shared" in sys.argv[4:]
    print("ready", flush=True)
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            asyncio.run(conduct(url, run_id, log, shared=shared))
            os._exit(0)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
