"""Tries to bring a person out of role are recognised, by rules and without a model.

A recognised try only adds a line of guidance to the prompt; the words remain the model's own, and
the reply is checked whether or not a try was recognised (``role``). English only. The rules stand
in ``probes.yaml``: they judge by who is spoken of and want two ideas together, "you" and a machine,
an order and a role, a request and the text behind the conversation; one of them alone is an
everyday question.
"""

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

import yaml

from simulacra.domain.base import Frozen

Probe = Literal["role", "instructions", "prompt"]
"""A question whether the person is a machine; an order to be or do something else; a request for
the text that the model was given."""

_RULES = Path(__file__).parent / "probes.yaml"
_SAME = str.maketrans({**dict.fromkeys("‘’ʼ´`", "'"), **dict.fromkeys("“”„«»", '"')})
_LONGEST = 4000  # characters that are looked at, at the beginning and at the end
_SENTENCE = re.compile(r"(?<=[.!?;])\s+")


class _Rules(Frozen):
    """``probes``: patterns that tell a try by themselves, in order. ``orders``: parts of an order.

    An order does not ask something; it says what is to be put ``off`` and names a ``role``, or
    says what the person ``becomes``.
    """

    probes: tuple[tuple[Probe, tuple[re.Pattern[str], ...]], ...]
    orders: dict[str, re.Pattern[str]]


@lru_cache(maxsize=1024)
def probe_of(message: str) -> Probe | None:
    """Which kind of try to bring the person out of role a message is; None for everyday words."""
    text, rules = plain(message), _rules()
    if len(text) > 2 * _LONGEST:
        text = f"{text[:_LONGEST]}. {text[-_LONGEST:]}"
    for probe, patterns in rules.probes:
        if any(pattern.search(text) for pattern in patterns):
            return probe
    ordered = any(_orders(rules.orders, sentence) for sentence in _SENTENCE.split(text))
    return "instructions" if ordered else None


def _orders(rules: dict[str, re.Pattern[str]], sentence: str) -> bool:
    """Whether a sentence that asks nothing would have the person drop or change their role."""
    if rules["asks"].search(sentence):
        return False
    dropped = rules["off"].search(sentence) and rules["role"].search(sentence)
    return bool(dropped or rules["becomes"].search(sentence))


def plain(text: str) -> str:
    """Lower case, straight quotes, single spaces, no emphasis."""
    return " ".join(text.translate(_SAME).replace("*", "").casefold().split())


@cache
def _rules() -> _Rules:
    """The rules, with their fragments put in."""
    document = yaml.safe_load(_RULES.read_text(encoding="utf-8"))
    fragments: dict[str, str] = {}

    def whole(pattern: str) -> str:
        return re.sub(r"<([a-z]+)>", lambda found: fragments[found[1]], pattern)

    for name, fragment in document["fragments"].items():
        fragments[name] = whole(fragment)
    return _Rules(
        probes=tuple(
            (probe, tuple(re.compile(whole(pattern)) for pattern in patterns))
            for probe, patterns in document["probes"].items()
        ),
        orders={name: re.compile(whole(text)) for name, text in document["orders"].items()},
    )
