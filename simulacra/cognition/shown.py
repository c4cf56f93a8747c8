"""Which of the memories that came to mind the model was shown: read from the prompts themselves."""

from collections.abc import Mapping
from typing import Literal

from simulacra.domain.answer import Reply
from simulacra.domain.memory import Memory
from simulacra.sentences import sentences_of

Shown = Literal["whole", "part", "cut"]
SHOWN: Mapping[Shown, str] = {
    "whole": "",
    "part": "shown in part",
    "cut": "not shown: no room in the prompt",
}
"""In words; "" where there is nothing to be said."""

_BEGINNING = 6  # words by which a shortened memory is known again
_SENTENCE = 3  # words from which on a sentence is one memory's own


def shown_of(reply: Reply) -> dict[str, Shown]:
    """By the id of each recalled memory: whether its content stood in a prompt.

    "part": sentences of it, or its beginning; "cut": nothing, for the budget was used up before it.
    What describes the person always (the system's message) does not count.
    """
    messages = [message for call in reply.calls for message in call.request.messages]
    asked = [one.text for one in messages if one.role != "system"]
    prompts = _plain("\n".join(asked or (one.text for one in messages)))
    return {one.memory.id: _shown(one.memory, prompts) for one in reply.recalled}


def _shown(memory: Memory, prompts: str) -> Shown:
    content = _plain(memory.content)
    if content in prompts:
        return "whole"
    words = content.split()
    parts = [" ".join(words[:_BEGINNING])] if len(words) > _BEGINNING else []
    parts += [one for one in sentences_of(content) if len(one.split()) >= _SENTENCE]
    return "part" if any(part in prompts for part in parts) else "cut"


def _plain(text: str) -> str:
    return " ".join(text.split())
