"""What to look for in memory when a message leans on what was said before ("And then?").

One call of a model, for chats where recall by the bare message is not enough; nothing here calls
one. The request and its reply are an ordinary ``Call``: stored and costed like any other.
"""

from collections.abc import Sequence

from simulacra.domain.call import Request
from simulacra.prompting import find_template

_EXCHANGES = 3  # that stay in view
_TOKENS = 48
_LONGEST = 300  # characters; what is longer is no question


def rewriting_request(
    exchanges: Sequence[tuple[str, str]], message: str, seed: int | None = None
) -> Request | None:
    """Asks for the message as a question that stands alone; None where nothing was said before.

    ``exchanges`` are pairs of what was asked and what was answered, the latest last.
    """
    if not exchanges:
        return None
    variables = {"exchanges": list(exchanges[-_EXCHANGES:]), "message": message}
    prompt = find_template("rewrite_query").render(variables)
    return Request(
        agent="memory",
        prompt_name=prompt.name,
        prompt_hash=prompt.hash,
        messages=prompt.messages,
        max_tokens=_TOKENS,
        seed=seed,
    )


def query_of(message: str, rewritten: str) -> str:
    """What to recall by: the message and, where it is one, the question that a model made of it.

    The message stays in front, so that a bad rewriting can add to a search but not mislead it.
    """
    lines = [line.strip().strip('"') for line in rewritten.splitlines() if line.strip()]
    if len(lines) != 1 or len(lines[0]) > _LONGEST or lines[0] == message.strip():
        return message
    return f"{message} {lines[0]}"
