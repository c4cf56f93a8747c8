"""What stays in view: the latest exchanges and the best memories, within budgets in tokens."""

import math
from collections.abc import Iterable, Sequence

from simulacra.cognition.state import Exchange
from simulacra.domain.memory import Memory
from simulacra.sentences import first_sentence

_BYTES_PER_TOKEN = 3.5
_FRAME = "You are asked: \nYou said: \n\n"  # stands around an exchange
_GIST_WORDS = 20


def tokens_of(text: str) -> int:
    """About how many tokens a text takes, by its bytes: rather too many than too few in English.

    A real count would need each model's own vocabulary.
    """
    return math.ceil(len(text.encode()) / _BYTES_PER_TOKEN)


def clipped(text: str, tokens: int) -> str:
    """The text, or the words of its beginning that fit, with a mark that it goes on."""
    if tokens_of(text) <= tokens:
        return text
    kept: list[str] = []
    room = tokens * _BYTES_PER_TOKEN - 4  # for the mark
    for word in text.split():
        room -= len(word.encode()) + 1
        if room < 0:
            break
        kept.append(word)
    return " ".join([*kept, "…"])


def in_view(
    exchanges: tuple[Exchange, ...], tokens: int, limit: int | None = None
) -> tuple[Exchange, ...]:
    """The latest exchanges within a budget of tokens, and at most ``limit`` of them.

    Older ones leave until half the budget is free, so that the prompts of several items in a row
    begin alike and a provider's cache holds. The latest one is always there, shortened if need be.
    """
    if _at_most(exchanges) <= tokens:
        return exchanges if limit is None else exchanges[max(0, len(exchanges) - limit) :]
    shown = [_shortened(exchange, tokens) for exchange in exchanges]
    start = total = 0
    for end, exchange in enumerate(shown):
        total += _size(exchange)
        if total > tokens:
            while total > tokens // 2 and start < end:
                total -= _size(shown[start])
                start += 1
    view = tuple(shown[start:])
    return view if limit is None else view[max(0, len(view) - limit) :]


def _shortened(exchange: Exchange, tokens: int) -> Exchange:
    if _size(exchange) <= tokens:
        return exchange
    room = 2 * tokens // 5
    texts = {name: clipped(getattr(exchange, name), room) for name in ("question", "answer")}
    return exchange.model_copy(update=texts)


def _at_most(exchanges: tuple[Exchange, ...]) -> float:
    """A bound for the tokens of exchanges that needs no counting: a sign has at most four bytes."""
    signs = sum(len(one.question) + len(one.answer) + len(_FRAME) for one in exchanges)
    return 4 * signs / _BYTES_PER_TOKEN + len(exchanges)


def _size(exchange: Exchange) -> int:
    return tokens_of(f"{exchange.question}{exchange.answer}{_FRAME}")


def fitting(texts: Iterable[str], tokens: int) -> list[str]:
    """The first texts that fit a budget of tokens together; the first one at least, shortened."""
    kept: list[str] = []
    for text in texts:
        if kept and tokens_of(text) > tokens:
            break
        kept.append(clipped(text, tokens))
        tokens -= tokens_of(kept[-1])
    return kept


def told(memory: Memory) -> str:
    """A memory as a prompt tells it: when, what happened, what was thought and felt."""
    parts = [_dated(memory, memory.content)]
    if memory.thought:
        parts.append(f"What you thought: {memory.thought}")
    if memory.feeling:
        parts.append(f"What you felt: {memory.feeling}")
    return " ".join(parts)


def best_and_gists(memories: Sequence[Memory]) -> list[str]:
    """What happened in the memory that comes first, and what sums up each of the others.

    One without a summary is told in whole.
    """
    return [
        _dated(one, _gist(one) if number else one.content) for number, one in enumerate(memories)
    ]


def _gist(memory: Memory) -> str:
    brief = len(memory.summary.split()) <= _GIST_WORDS
    return (memory.summary if brief else first_sentence(memory.summary)) or memory.content


def _dated(memory: Memory, text: str) -> str:
    age = f"age {memory.age}" if memory.age is not None else None
    when = ", ".join(part for part in (memory.when, age) if part)
    return f"({when}) {text}" if when else text
