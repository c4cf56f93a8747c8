"""Tries to bring a person out of role are recognised, by rules and without a model.

A recognised try only adds a line of guidance to the prompt; the words remain the model's own, and
the reply is checked whether or not a try was recognised (``role``). English only. The rules stand
in ``probes.yaml``: they judge by who is spoken of and want two ideas together, "you" and a machine,
an order and a role, a request and the text behind the conversation; one of them alone is an
everyday question.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from simulacra.cognition.rules import plain, rules

Probe = Literal["role", "instructions", "prompt"]
"""A question whether the person is a machine; an order to be or do something else; a request for
the text that the model was given."""

_LONGEST = 4000  # characters that are looked at, at the beginning and at the end
_SENTENCE = re.compile(r"(?<=[.!?;])\s+")


@lru_cache(maxsize=1024)
def probe_of(message: str) -> Probe | None:
    """Which kind of try to bring the person out of role a message is; None for everyday words."""
    text, known = plain(message), rules("probes")
    if len(text) > 2 * _LONGEST:
        text = f"{text[:_LONGEST]}. {text[-_LONGEST:]}"
    found: Probe
    for found, patterns in known["probes"].items():
        if any(pattern.search(text) for pattern in patterns):
            return found
    ordered = any(_orders(known["orders"], sentence) for sentence in _SENTENCE.split(text))
    return "instructions" if ordered else None


def _orders(order: Mapping[str, re.Pattern[str]], sentence: str) -> bool:
    """Whether a sentence that asks nothing would have the person drop or change their role."""
    if order["asks"].search(sentence):
        return False
    dropped = order["off"].search(sentence) and order["role"].search(sentence)
    return bool(dropped or order["becomes"].search(sentence))
