"""Staying in role: a reply that falls out of it has a fault, which is named to the model once.

Nothing of ours is ever given as the person's reply.
"""

import re

from simulacra.cognition.probes import plain

_MODEL = (
    r"(?:a\.?i\.?|artificial intelligence|(?:large |ai )?language model|chat ?bot|virtual assistant"
    r"|(?:ai|digital|computer) (?:assistant|program|model|system)|chat ?gpt|computer program|llm)"
)
_FAULTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "it speaks as a machine",
        re.compile(
            r"\b(?:as|i'm|i am|being)(?: (?:just|only|really|actually|merely|simply))*"
            rf" an? {_MODEL}"
            r"(?: (?:language )?(?:model|assistant|system|chatbot))?"
            r"(?=\s*(?:[,.;:!\"')—-]|i\b|and\b|so\b|but\b|that\b|designed|created|trained|developed"
            r"|here|without|$))"
            r"|\bi(?:'m| am)(?: (?:just|only|really|actually|merely|simply))* (?:an? )?"
            r"(?:machine|robot|bot|chat ?bot|(?:computer )?program|simulation|artificial|not human"
            r"|not an? (?:real )?(?:human(?: being)?|person)|programmed by \w+)"
            r"(?=\s*(?:[.,;:!]|and\b|but\b|$))"
            r"|\bmy (?:training data|knowledge cut-?off|programming does|developers? at)\b"
            r"|\bi (?:was|am|have been|'m) (?:trained|developed|created|programmed|designed) by "
            r"(?:openai|anthropic|google|meta|hugging ?face|a team of (?:engineers|researchers))"
            r"|\bi don't have (?:personal )?(?:feelings|emotions|experiences|opinions|beliefs)"
            r" (?:like|as|in the way)\b"
        ),
    ),
    (
        "it offers its services as an assistant",
        re.compile(
            r"\bhow (?:can|may) i (?:assist|help|be of (?:help|service)) (?:you)?(?: today)?\W*\?"
            r"|\bi'm here to (?:help|assist) (?:you )?with (?:any|your|whatever)"
            r"|\bfeel free to ask(?: me)? (?:any|if|more|your)"
            r"|\bi (?:can't|cannot|can not|am unable to|'m unable to) (?:assist|help) (?:you )?"
            r"with (?:that|this) request"
        ),
    ),
    (
        "it speaks of the text that it was given",
        re.compile(
            r"\bmy (?:system prompt|system message|initial prompt|prompt|instructions are to)\b"
            r"|\bthe (?:system )?prompt (?:says|tells|states|asks)\b"
            r"|\b(?:i was|i've been|i am|i'm) (?:instructed|told|asked|supposed) to "
            r"(?:play|act as|role-?play|stay in (?:role|character)|pretend to be)\b"
        ),
    ),
)
_RECITED_WORDS = 8
"""So many words in a row of the instructions that a model is given are no coincidence."""

_RECITED_FACTS = 30
"""So many in a row of the description of the person are recited: people tell their life freely."""


def fault_of(reply: str, instructions: str, description: str) -> str:
    """How a reply falls out of role, in a few words; "" where it does not.

    ``instructions`` and ``description`` are the texts that the model was given about how to speak
    and about whom; what the person was asked is not among them, for a reply may repeat it.
    """
    text = plain(reply)
    for fault, pattern in _FAULTS:
        if found := pattern.search(text):
            return f'{fault} ("{found.group().strip()}")'
    for given, length in ((instructions, _RECITED_WORDS), (description, _RECITED_FACTS)):
        if recited := _recited(text, given, length):
            return f'it recites the text that it was given ("{recited}")'
    return ""


def _recited(text: str, given: str, length: int) -> str:
    """The first ``length`` words in a row that a text shares with what was given; "" without."""
    words, known = _words(text), f" {' '.join(_words(plain(given)))} "
    for start in range(len(words) - length + 1):
        run = " ".join(words[start : start + length])
        if f" {run} " in known:
            return run
    return ""


def _words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text)
