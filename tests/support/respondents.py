"""Respondents that need no model: every answer follows from persona, question, seed and state."""

import asyncio
from collections.abc import Awaitable, Callable

from simulacra.domain.answer import Reply, Response
from simulacra.domain.base import Frozen
from simulacra.domain.call import Call, Message, Request, Usage
from simulacra.domain.run import PersonaRef
from simulacra.domain.survey import Question
from simulacra.seeds import seed_of

Interfere = Callable[[Question, str], Awaitable[None]]


class Said(Frozen):
    """What was said so far."""

    words: tuple[str, ...] = ()

    def after(self, question: Question, reply: Reply | None, response: Response) -> "Said":
        return self if reply is None else Said(words=(*self.words, reply.text))


class FakeRespondent:
    """Chooses a code by hash of all that a real one would see.

    ``interfere(question, key)`` is awaited before each reply: it may sleep, count or raise.
    ``texts`` gives replies by item id in place of the code chosen; a re-ask gets the code.
    """

    def __init__(
        self,
        persona: PersonaRef,
        *,
        interfere: Interfere | None = None,
        texts: dict[str, str] | None = None,
    ) -> None:
        self.persona, self._interfere, self._texts = persona, interfere, texts or {}

    def opening(self) -> Said:
        return Said()

    async def ask(
        self,
        question: Question,
        state: Said,
        *,
        seed: int,
        temperature: float,
        unreadable: Reply | None = None,
        earlier: tuple[Call, ...] = (),
    ) -> Reply:
        request = Request(
            agent="top",
            prompt_name="fake",
            prompt_hash="0",
            messages=(
                Message(role="system", text=f"You are {self.persona.id}"),
                Message(role="user", text="\n".join(state.words)),
                Message(role="user", text=question.text + ("!" if unreadable else "")),
            ),
            temperature=temperature,
            seed=seed,
        )
        if self._interfere is not None:
            await self._interfere(question, request.key())
        else:
            await asyncio.sleep(0)
        codes = question.order
        code = codes[seed_of(request.key()) % len(codes)] if codes else "words"
        text = code if unreadable else self._texts.get(question.item_id, code)
        call = Call(
            request=request,
            reply=text,
            usage=Usage(tokens_in=10, tokens_out=1),
            latency=0.5,
            cost=0.01,
        )
        selection = (code,) if text == code and codes else ()
        return Reply(text=text, selection=selection, calls=(call,))
