"""A conversation with one person, for the terminal and the app alike: ask, stream, keep."""

import asyncio
from collections.abc import AsyncIterator

from simulacra.domain.answer import Reply
from simulacra.domain.persona import Persona
from simulacra.domain.run import Mechanism, Method, PersonaRef
from simulacra.seeds import seed_of
from simulacra.workspace import Workspace


class Talk:
    """One conversation; every finished reply is saved with the calls that made it.

    ``model`` is a model spec. The conversation is stored with its first reply, so that one that
    was opened and left leaves nothing behind.
    """

    def __init__(
        self,
        workspace: Workspace,
        persona: Persona,
        method: Method | Mechanism,
        model: str,
        seed: int = 0,
    ) -> None:
        self.way = Mechanism.of(method)
        self.persona, self.method, self.model, self.seed = persona, self.way.method, model, seed
        self.id: str | None = None
        self.turns = 0
        self._ref = PersonaRef(id=persona.id, version=persona.version)
        self._store = workspace.conversations
        self._model = workspace.model(model)
        self._respondent = workspace.respondent(persona, self.way, self._model)
        self._state = self._respondent.opening()

    async def say(self, message: str) -> AsyncIterator[str | Reply]:
        """Pieces of the reply as they come, and the whole ``Reply`` once it is saved.

        Raises:
            ModelError: the model gave no reply; the conversation stays as it was.
            StorageError: the reply could not be saved.
        """
        pieces = self._respondent.chat(
            message,
            self._state,
            seed=seed_of(self.seed, self.persona.id, "chat", self.turns),
            temperature=self._model.info.default_temperature,
        )
        async for piece in pieces:
            if isinstance(piece, Reply):
                await asyncio.to_thread(self._keep, message, piece)
            yield piece

    def _keep(self, message: str, reply: Reply) -> None:
        """Save a turn, then go on from it."""
        if self.id is None:
            self.id = self._store.start(self._ref, self.method, self.model).id
        self._store.add(self.id, message, reply)
        self._state = self._state.after_chat(message, reply)
        self.turns += 1
