"""Speaking in role: what is said is checked before it counts, and said once more where it fails."""

import re
from collections.abc import Awaitable, Callable

from langgraph.config import get_stream_writer

from simulacra.cognition.context import MindContext
from simulacra.cognition.failures import kept_calls
from simulacra.cognition.role_check import fault_found, is_suspect
from simulacra.cognition.state import Spoken, Stimulus
from simulacra.domain.call import Call, Completion, Request
from simulacra.errors import BadReply

_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*\s*$|\n\s*$")

Told = tuple[Spoken, tuple[Call, ...]]
Say = Callable[[str], Awaitable[tuple[Spoken, Call]]]
"""Speaks; the argument is the fault of the reply before, "" at first."""


class Voice:
    """Lets the pieces of a streamed reply out, a sentence at a time, while they stay in role.

    Where somebody tries to bring the person out of role, and from where a reply has to be read by
    the model, everything is kept back until the whole reply is found in role, so that nothing has
    to be taken back. ``reads`` says what of the text that came so far is spoken.
    """

    def __init__(
        self, context: MindContext, stimulus: Stimulus, reads: Callable[[str], str] = str
    ) -> None:
        self._context, self._stimulus, self._reads = context, stimulus, reads
        self._write = get_stream_writer()
        self._came, self._heard, self._held = "", "", list[str]()
        self.is_out = False

    async def speak(self, request: Request) -> Completion:
        """The whole reply; what of it is surely in role is out, the rest waits to be let out."""
        self._came, self._heard, self._held = "", "", []
        whole: Completion | None = None
        async for piece in self._context.model.stream(request):
            if isinstance(piece, Completion):
                whole = piece
            else:
                self._hear(piece)
        assert whole is not None, "a stream ends with its completion"
        return whole

    def let_out(self) -> None:
        """Say what was kept back."""
        for piece in self._held:
            self._write(piece)
            self.is_out = True
        self._held = []

    def _hear(self, piece: str) -> None:
        self._came += piece
        heard = self._reads(self._came)
        if new := heard[len(self._heard) :]:
            self._held.append(new)
        self._heard = heard
        if self._held and _SENTENCE_END.search(heard) and self._is_safe(heard):
            self.let_out()

    def _is_safe(self, heard: str) -> bool:
        context, stimulus = self._context, self._stimulus
        if stimulus.probe is not None or is_suspect(context, stimulus, heard):
            return False
        return not context.fault_in(heard, stimulus)


async def in_role(
    context: MindContext,
    stimulus: Stimulus,
    say: Say,
    voice: Voice | None = None,
    words: Callable[[str], str] = str,
) -> Told:
    """What is said; said again once, the fault named, where it falls out of role.

    ``voice`` is what a streamed reply is heard by: what somebody has heard is not said again.
    ``words`` are the person's own ones in a reply that has a form.

    Raises:
        BadReply: it fell out of role again.
    """
    fault = ""
    with kept_calls() as calls:
        for _ in range(2):
            spoken, call = await say(fault)
            calls.append(call)
            fault = await fault_found(context, stimulus, words(spoken.text), calls)
            if not fault and voice is not None:
                voice.let_out()
            if not fault:
                return spoken, tuple(calls)
            if voice is not None and voice.is_out:
                break
        raise BadReply(f"The reply fell out of role: {fault}.")
