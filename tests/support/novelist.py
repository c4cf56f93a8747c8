"""A model that writes lives without being one: outlines, biographies, prose, facts, summaries.

It reads what it needs from the prompt (how many words, which dates, which people), and makes up the
rest by hash: varied sentences from word lists, of about the length asked for. What it writes
depends on nothing but messages, schema and seed.
"""

import json
import random
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from simulacra.domain.call import Request
from simulacra.llm.port import ModelInfo
from simulacra.llm.scripted import ScriptedModel
from simulacra.seeds import seed_of

_WORDS = yaml.safe_load(
    (Path(__file__).parents[1] / "data" / "novelist_words.yaml").read_text(encoding="utf-8")
)
_NOUNS = _WORDS["nouns"].split()
_VERBS = _WORDS["verbs"].split()
_ADJECTIVES = _WORDS["adjectives"].split()
_PLACES = ["Arnhem", "Bari", "Cork", "Dresden", "Esbjerg", "Faro", "Ghent", "Huesca", "Izmir"]
_FIRST = [
    "Ana",
    "Bo",
    "Cleo",
    "Dov",
    "Edda",
    "Finn",
    "Greta",
    "Hugo",
    "Ines",
    "Jon",
    "Kira",
    "Lars",
]
_LAST = ["Abel", "Brandt", "Costa", "Dahl", "Ekman", "Falk", "Greco", "Holm", "Ivers", "Jansen"]

Said = Sequence[tuple[str, str]]


def novelist(*, faulty: float = 0.0, delay: float = 0.0, **info: Any) -> ScriptedModel:
    """The novelist as a model. ``faulty``: the share of quotes that are not in the passage."""

    def reply(request: Request) -> str:
        said = [(one.role, one.text) for one in request.messages]
        schema = request.output.name if request.output else None
        return compose(said, schema, request.seed or 0, faulty=faulty)

    settings = {"spec": "novelist", "name": "novelist", "default_temperature": 0.0, **info}
    return ScriptedModel(reply, delay=delay, info=ModelInfo(**settings))


def compose(said: Said, schema: str | None, seed: int, *, faulty: float = 0.0) -> str:
    """The reply to a conversation, given as pairs of role and text."""
    chance = random.Random(seed_of(*(text for _, text in said), schema or "", seed))
    whole, last = "\n".join(text for _, text in said), said[-1][1]
    if schema == "Plan":
        return json.dumps({"episodes": _plan(whole, chance)})
    if schema == "Told":
        return json.dumps({"paragraphs": _biography(whole, chance)})
    if schema == "ReadFacts":
        return json.dumps({"facts": _facts(said, chance, faulty)})
    if schema == "MemoryReply":
        return json.dumps(_memory(whole, chance))
    if schema in ("SingleChoice", "MultipleChoice"):
        return json.dumps(_choice(last, chance, 1 if schema == "SingleChoice" else 3, faulty))
    if schema == "ProfileChoice":
        return json.dumps({"question": _ask(chance), "wrong": _wrong(chance, last)})
    if "Summarise this in one sentence" in last:
        words = last.split()
        return " ".join(chance.sample(words, min(int(_number(r"at most (\d+)", last)), len(words))))
    return _passage(said, last, chance)


def prose(chance: random.Random, words: int, must: Sequence[str] = ()) -> str:
    """About so many words in paragraphs, with the sentences of ``must`` at the beginning."""
    sentences = list(must)
    count = sum(len(one.split()) for one in sentences)
    while count < words - 5:
        sentences.append(_sentence(chance))
        count += len(sentences[-1].split())
    groups = [sentences[at : at + 5] for at in range(0, len(sentences), 5)]
    return "\n\n".join(" ".join(group) for group in groups)


def _sentence(chance: random.Random) -> str:
    noun, verb, adjective = (
        lambda pool=pool: chance.choice(pool) for pool in (_NOUNS, _VERBS, _ADJECTIVES)
    )
    who = chance.choice(("She", "He", "They", f"The {adjective()} {noun()}", chance.choice(_FIRST)))
    forms = (
        f"{who} {verb()} the {adjective()} {noun()} and {verb()} a {noun()}.",
        f"{who} {verb()} {noun()} after {noun()} by the {adjective()} {noun()}.",
        f"Behind the {noun()} {who.lower()} {verb()} a {adjective()} {noun()}, {adjective()} too.",
        f"{who} {verb()} one {noun()}, {verb()} another {noun()}.",
    )
    return chance.choice(forms)


def _passage(said: Said, last: str, chance: random.Random) -> str:
    if "Write a longer passage in its place" in last:
        text = re.search(r"The passage \(.*?\):\n\n(.*?)\n\nWrite a longer", last, re.S)
        assert text is not None, last
        kept = text.group(1)
        words = int(_number(r"about (\d+) words", last)) - len(kept.split())
        return f"{kept}\n\n{prose(chance, max(30, words))}"
    if "are missing. Go on" in last:
        return prose(chance, int(_number(r"about (\d+) words", last)))
    user = next(text for role, text in reversed(said) if "Write episode" in text)
    people = re.search(r"^With: (.*)$", user, re.M)
    happens = re.search(r"^What happens: (.*)$", user, re.M)
    assert happens is not None, user
    must = (
        [happens.group(1), *(f"{one} came." for one in people.group(1).split(", "))]
        if people
        else []
    )
    return prose(chance, int(_number(r"in about (\d+) words", user)), must)


def _plan(whole: str, chance: random.Random) -> list[dict[str, Any]]:
    count = int(_number(r"Plan exactly (\d+) episodes", whole))
    days = [date.fromisoformat(one) for one in re.findall(r"\d{4}-\d{2}-\d{2}", whole)]
    born = re.search(r"Born: (?:between )?(\S+?)(?: and (\S+?))?\. Today: (\S+?)\.", whole)
    assert born is not None and days, whole
    first = date.fromisoformat(born.group(2) or born.group(1))
    until = date.fromisoformat(born.group(3))
    rows = []
    for number, age in enumerate(
        _ages(count, until.year - first.year - (until.month <= first.month + 1))
    ):
        # In the month after the birthday's, so that the age holds wherever the day lies.
        month = first.month + 1 if first.month < 12 else 12
        year = first.year + age
        place, thing, other = chance.choice(_PLACES), *chance.sample(_NOUNS, 2)
        who = f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"
        rows.append(
            {
                "when": f"{year}-{month:02}" if first.month < 12 else f"{year + 1}",
                "age": age,
                "title": f"The {chance.choice(_ADJECTIVES)} {thing} {number + 1}",
                "place": place,
                "people": [who],
                "happens": f"{who} {chance.choice(_VERBS)} {thing} {number + 1} in {place}.",
                "changes": f"The {other} number {number + 1} is gone for good.",
            }
        )
    return rows


def _ages(count: int, last: int) -> list[int]:
    """Ages in order, one in each stage of life where there are enough, the rest evenly."""
    firsts = ((0, 5), (12, 14), (18, 24), (30, 40), (50, 52), (65, 68))
    stages = [min(age, last) for first, age in firsts if first <= last]
    if count < len(stages):
        return stages[:count]
    left = count - len(stages)
    return sorted(stages + [round((number + 0.5) * last / left) for number in range(left)])


def _biography(whole: str, chance: random.Random) -> list[dict[str, str]]:
    attributes = re.findall(r"^- ([a-z][a-z -]*): (.*)$", whole.split("## The outline")[0], re.M)
    name = _found(r"Write the biography of (.*?) in the third", whole)
    episodes = re.findall(
        r"^- (e\d+) · \S+ · age \d+ · .*? \(.*?\)\. (.*?) Afterwards", whole, re.M
    )
    words = int(_number(r"about (\d+) words", whole)) // len(episodes)
    rows = []
    for number, (episode, happens) in enumerate(episodes):
        said = [
            f"{name} had the {label} {value}."
            for label, value in attributes[number :: len(episodes)]
        ]
        text = prose(chance, words, [happens, *said]).replace("\n\n", " ")
        rows.append({"episode": episode, "text": text})
    return rows


def _facts(said: Said, chance: random.Random, faulty: float) -> list[dict[str, str]]:
    user = next(text for _, text in said if "The passage:" in text)
    name = _found(r"\. ([^.]+) is \d+ years old", user)
    passage = user.split("The passage:")[1].split("List its facts")[0].strip()
    sentences = re.findall(r"[^.]+\.", passage.replace("\n", " "))
    picked = sentences[:: max(1, len(sentences) // 16)][:16]
    again = "These quotes do not stand" in said[-1][1]
    relations = ("owns", "does", "likes", "acts", "works_as", "dislikes")
    rows = []
    for number, sentence in enumerate(picked):
        quote = " ".join(sentence.split()[:8])
        if not again and chance.random() < faulty:
            quote = f"never {quote}"
        relation = relations[number % len(relations)]
        rows.append(
            {
                "subject": name,
                "relation": relation,
                "object": " ".join(sentence.split()[-3:]),
                "quote": quote,
            }
        )
    return rows


def _memory(whole: str, chance: random.Random) -> dict[str, Any]:
    passage = whole.split("The episode")[1].split(":\n\n", 1)[1]
    sentences = re.findall(r"[A-Z][^.]+\.", passage.split("\n\n")[0])
    quote = chance.choice(sentences)
    return {
        "content": f"I was there when {prose(chance, 70)}",
        "thought": f"I thought this. {prose(chance, 30)}",
        "feeling": f"I felt {chance.choice(_ADJECTIVES)}. {prose(chance, 60)}",
        "emotions": [{"name": "joy", "intensity": chance.randint(0, 10)}],
        "summary": f"My {chance.choice(_ADJECTIVES)} {chance.choice(_NOUNS)}.",
        "importance": chance.randint(1, 10),
        "quote": quote,
    }


def _choice(last: str, chance: random.Random, keys: int, faulty: float) -> dict[str, Any]:
    passage = last.split(":\n\n", 1)[1].split("\n\nFacts it states:")[0]
    passage = passage.split("\n\nWrite one question")[0].replace("\n", " ")
    sentences = list(dict.fromkeys(re.findall(r"[A-Z][^.?!]{20,}\.", passage)))
    chosen = chance.sample(sentences, keys)
    right = []
    for number, sentence in enumerate(chosen):
        quote = sentence
        if "An earlier attempt" not in last and chance.random() < faulty:
            quote = f"Never {sentence}"
        option = " ".join(sentence.rstrip(".").split()[-4:])
        right.append({"option": f"{option} {number + 1}", "quote": quote})
    return {"question": _ask(chance), "right": right, "wrong": _wrong(chance, passage)}


def _ask(chance: random.Random) -> str:
    return f"Which of these belongs to case {chance.randrange(10**9)}?"


def _wrong(chance: random.Random, told: str) -> list[str]:
    nouns = [one for one in _NOUNS if one not in told] + [f"thing{one}" for one in range(4)]
    return [f"no {one} at all then" for one in chance.sample(nouns, 3)]


def _number(pattern: str, text: str) -> str:
    found = re.findall(pattern, text)
    assert found, (pattern, text)
    return str(found[-1])


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match is not None, (pattern, text)
    return match.group(1)
