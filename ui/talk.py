"""A conversation with one person, for the terminal and the app alike: ask, stream, keep, learn."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from personas.checks.learned import contradiction_with
from simulacra.cognition.respondent import InterviewState
from simulacra.cognition.working_memory import tokens_of
from simulacra.domain.answer import Reply
from simulacra.domain.call import Call
from simulacra.domain.learning import CHAT, Learned, Source
from simulacra.domain.memory import Memory
from simulacra.domain.persona import Persona
from simulacra.domain.run import Mechanism, Method, PersonaRef
from simulacra.errors import InputError, SimulacraError
from simulacra.runs.learning import Learner
from simulacra.runs.pieces import Progress
from simulacra.seeds import seed_of
from simulacra.storage.conversations import Conversation, SetAside
from simulacra.workspace import Workspace


class Talk:
    """One conversation; every finished reply is saved with the calls that made it.

    ``model`` is a model spec. The conversation is stored with its first reply, or with the first
    call that was paid for; one that was opened and left leaves nothing behind. ``resume`` goes on
    with a stored one: what was said, the mood it left, and a message without a reply are there
    again. ``learns``: what is said
    becomes memories, before it leaves the view and at the end. ``rewrites``: one more call a
    message says what there is to remember, where something was said before.
    """

    def __init__(
        self,
        workspace: Workspace,
        persona: Persona,
        method: Method | Mechanism,
        model: str,
        seed: int = 0,
        *,
        resume: Conversation | None = None,
        learns: bool = False,
        rewrites: bool = False,
    ) -> None:
        self.way = Mechanism.of(method)
        self.persona, self.method, self.model, self.seed = persona, self.way.method, model, seed
        self.learns = learns and self.way.has("memory")
        self.id: str | None = None
        self.turns = 0
        self.last: Reply | None = None
        self._ref = PersonaRef(id=persona.id, version=persona.version)
        self._workspace, self._store = workspace, workspace.conversations
        self._model = workspace.model(model)
        self._respondent = workspace.respondent(persona, self.way, self._model, rewrites=rewrites)
        self._state = self._respondent.opening()
        self._before = self._state
        self._message = ""
        self._tries = 0
        self._learning_failed = False
        self._lost: tuple[str, tuple[Call, ...]] | None = None
        if resume is not None:
            self._go_on(resume)
        self._recollect()

    @property
    def lost(self) -> str:
        """The last message, where it got no reply; ``retry`` says it again."""
        return self._lost[0] if self._lost is not None else ""

    async def say(self, message: str) -> AsyncIterator[str | Reply]:
        """Pieces of the reply as they come, and the whole ``Reply`` once it is saved.

        Raises:
            ModelError: the model gave no reply; what was said before stays as it was.
            Interrupted: the task was cancelled.
            StorageError: the reply could not be saved.
        """
        async for piece in self._pieces(message, self._state, 0):
            if isinstance(piece, Reply):
                await asyncio.to_thread(self._keep, message, piece)
            yield piece

    async def retry(self) -> AsyncIterator[str | Reply]:
        """Another reply to the last message; the earlier one is kept as superseded.

        Where the last message got no reply at all, it is said again.

        Raises:
            InputError: nothing was said yet in this conversation.
            ModelError, Interrupted, StorageError: as ``say`` does; the earlier reply stays.
        """
        if self._lost is not None:
            async for piece in self.say(self._lost[0]):
                yield piece
            return
        conversation = self._store.get(self.id) if self.id is not None else None
        if conversation is None or conversation.turns <= conversation.branched_at:
            raise InputError("there is no reply of this conversation's own to replace yet")
        self._store.may_replace(conversation.id, self.turns - 1)
        self._tries += 1
        # What the reply that goes had taught does not help the one that comes.
        self._state = self._state.model_copy(
            update={"learned": self._remembered(but_of_turn=self.turns - 1)}
        )
        async for piece in self._pieces(self._message, self._before, self._tries):
            if isinstance(piece, Reply):
                await asyncio.to_thread(self._replace, conversation.id, piece)
            yield piece

    def remember(self, text: str) -> Learned:
        """Keep a text as a memory from now on; a question where it contradicts the life.

        Raises:
            InputError: nothing was told, it is known already, or this method recalls nothing.
        """
        learned = self._learner.tell(text, Source(kind="told", id=self.id or ""))
        self._recollect()
        return learned

    def forget(self, what: str) -> tuple[Learned, ...]:
        """Mark a learned memory as forgotten, by its id or its words; what rests on it follows.

        Raises:
            InputError: none, or several, are meant, or one of the life.
        """
        forgotten = self._learner.forget(what)
        self._recollect()
        return forgotten

    async def learn(self, *, due_only: bool = False) -> Progress:
        """Turn what was said since the last time into memories.

        ``due_only``: only if it is about to leave the view, and did not fail before.

        Raises:
            BadReply, ModelError, StorageError: nothing was lost; the next time goes on from here.
        """
        if not self.learns or self.id is None or (due_only and not self._due()):
            return Progress()
        try:
            progress = await self._learn_from(self._store.get(self.id), self.turns)
        except SimulacraError:
            self._learning_failed = True
            raise
        self._recollect()
        return progress

    async def reflect(self) -> tuple[Learned, ...]:
        """Memories of a higher order; see ``Learner.reflect``."""
        made = await self._learner.reflect()
        self._recollect()
        return made

    @property
    def _learner(self) -> Learner:
        if not self.way.has("memory"):
            raise InputError(f"{self.way.label} recalls no memories, so it can learn none")
        return self._workspace.learner(self._respondent, doubt=contradiction_with, seed=self.seed)

    async def _learn_from(self, conversation: Conversation, turns: int) -> Progress:
        """The turns that a branch shares belong to its parent, and are gone through there."""
        progress = Progress()
        if conversation.parent is not None:
            parent = self._store.get(conversation.parent)
            progress += await self._learn_from(parent, conversation.branched_at)
        source = Source(kind="conversation", id=conversation.id)
        said = self._state.exchanges[:turns]
        stored = await asyncio.to_thread(self._store.turns, conversation.id)
        when = max((turn.created for turn in stored[:turns]), default=conversation.created)
        return progress + await self._learner.learn(
            source, said, start=conversation.branched_at, when=when.date()
        )

    def _due(self) -> bool:
        """Whether what was not gone through takes half of what stays in view."""
        if self._learning_failed or self.id is None:
            return False
        pending = self._learner.pending(self.id, self.turns)
        new = self._state.exchanges[self.turns - pending : self.turns]
        tokens = sum(tokens_of(f"{one.question} {one.answer}") for one in new)
        return tokens > self._respondent.context.budgets.exchange_tokens // 2

    async def _pieces(
        self, message: str, state: InterviewState, tries: int
    ) -> AsyncIterator[str | Reply]:
        again = (tries,) if tries else ()
        pieces = self._respondent.chat(
            message,
            state.model_copy(update={"learned": self._state.learned}),
            seed=seed_of(self.seed, self.persona.id, "chat", len(state.exchanges), *again),
            temperature=self._model.info.default_temperature,
            earlier=self._lost[1] if self._lost is not None and self._lost[0] == message else (),
        )
        try:
            async for piece in pieces:
                yield piece
        except SimulacraError as error:
            self._failed(message, error.calls)
            raise

    def _failed(self, message: str, calls: Sequence[Call]) -> None:
        """Keep what was paid for; this is done at once, since the task may be going.

        Feelings and plans among it need not be bought again when the same is said again.
        """
        before = self._lost[1] if self._lost is not None and self._lost[0] == message else ()
        self._lost = (message, (*before, *calls))
        if calls or self.id is not None:
            self._store.fail(self._begun(), message, calls)

    def _begun(self) -> str:
        if self.id is None:
            self.id = self._store.start(self._ref, self.way, self.model).id
        return self.id

    def _keep(self, message: str, reply: Reply) -> None:
        """Save a turn, then go on from it."""
        try:
            self._store.add(self._begun(), message, reply, at=self.turns)
        except InputError:
            self._failed(message, reply.calls)
            raise
        self._after(message, reply)

    def _replace(self, conversation_id: str, reply: Reply) -> None:
        self._store.replace(conversation_id, reply, at=self.turns - 1)
        if self.way.has("memory"):
            self._learner.unlearn(conversation_id, self.turns - 1)
        self._state, self.turns = self._before, self.turns - 1
        tries = self._tries
        self._after(self._message, reply)
        self._tries = tries

    def _after(self, message: str, reply: Reply) -> None:
        self._before = self._state
        self._state = self._state.after_chat(message, reply)
        self._message, self.last, self._tries, self._lost = message, reply, 0, None
        self.turns += 1

    def _go_on(self, conversation: Conversation) -> None:
        """Everything as it stood after the last turn."""
        self.id = conversation.id
        for turn in self._store.turns(conversation.id):
            self._after(turn.text, turn.reply)
        aside = self._store.set_aside(conversation.id)
        last = [one for one in aside if one.position == self.turns - 1]
        self._tries = sum(one.reason == "superseded" for one in last)
        self._lost = _lost(aside, self.turns)

    def _recollect(self) -> None:
        """What was learned comes to mind, from now on."""
        if self.way.has("memory"):
            self._state = self._state.model_copy(update={"learned": self._remembered()})

    def _remembered(self, *, but_of_turn: int | None = None) -> tuple[Memory, ...]:
        """What was learned, but for what a branch never heard, or what one turn alone taught."""
        if not self.way.has("memory"):
            return ()
        hidden = self._elsewhere()
        if but_of_turn is not None and self.id is not None:
            hidden.append((self.id, but_of_turn, but_of_turn + 1))
        return tuple(
            one.memory
            for one in self._workspace.learned.list(self.persona.id, (CHAT,))
            if one.status == "kept" and not any(one.rests_on(*part) for part in hidden)
        )

    def _elsewhere(self) -> list[tuple[str, int, int]]:
        """The conversations that this one branches from, with their turns after the branch."""
        found = []
        one = self._store.get(self.id) if self.id is not None else None
        while one is not None and one.parent is not None:
            parent = self._store.get(one.parent)
            found.append((parent.id, one.branched_at, max(parent.turns, one.branched_at)))
            one = parent
        return found


def _lost(aside: Sequence[SetAside], turns: int) -> tuple[str, tuple[Call, ...]] | None:
    """What was said last and got no reply, with the calls that came back for it."""
    failed = [one for one in aside if one.position == turns and one.reason == "failed"]
    if not failed:
        return None
    text = failed[-1].text
    return text, tuple(call for one in failed if one.text == text for call in one.reply.calls)
