"""Scoring options by letter, for models that give log-probabilities of their own words only."""

import math
import string
from collections.abc import Sequence

from simulacra.domain.call import Message, Request
from simulacra.domain.elicitation import MOST_LETTERS
from simulacra.errors import FatalModelError

MAX_OPTIONS = MOST_LETTERS
_LETTERS = string.ascii_uppercase


def lettered(request: Request, options: Sequence[str]) -> Request:
    """The request with the options listed by letter in a closing user message.

    Raises:
        FatalModelError: no option, or more than 20 (as many likely tokens as servers list).
    """
    if not 1 <= len(options) <= MAX_OPTIONS:
        raise FatalModelError(
            f"Only 1 to {MAX_OPTIONS} options can be scored by letter, not {len(options)}; ask "
            "for a structured reply instead."
        )
    lines = [f"{letter}. {option}" for letter, option in zip(_LETTERS, options, strict=False)]
    asked = Message(role="user", text="\n".join([*lines, "Answer with the letter only."]))
    return request.model_copy(update={"messages": (*request.messages, asked), "output": None})


def letter_logprobs(seen: Sequence[tuple[str, float]], count: int) -> tuple[float, ...]:
    """Log-probabilities of the first ``count`` letters from (token, log-probability) pairs.

    Forms of one letter ("A", " A", "a") are added up; a letter not seen gets the smallest
    log-probability seen, an upper bound.
    """
    floor = min(logprob for _, logprob in seen)
    totals: dict[str, float] = {}
    for token, logprob in seen:
        letter = token.strip().upper()
        totals[letter] = totals.get(letter, 0.0) + math.exp(logprob)
    return tuple(
        math.log(totals[letter]) if totals.get(letter) else floor for letter in _LETTERS[:count]
    )
