"""What each of the four roles sees, and nothing else.

After the observer report of Xie et al. (2025, Human Simulacra, ICLR): those who have seen only the
answers describe the person, and those who have read the life judge whether the description fits;
those who have read the life write the answers that they expect, and the others judge how similar
these are to the answers that were given.
"""

import re
from collections.abc import Iterable
from typing import ClassVar, Self

from evaluation.raters.base import Scale, View
from simulacra.domain.base import Frozen
from simulacra.domain.persona import Persona
from simulacra.memory.lexical import LexicalIndex

FIT = Scale(
    name="fit",
    asks="How well does the description fit the person whose life is told?",
    anchors=(
        (0, "it describes somebody else"),
        (25, "a little of it fits, the main points do not"),
        (50, "about as much fits as does not, or it is too general to tell"),
        (75, "the main points fit, some details do not"),
        (100, "it fits in every point, and fits few other people"),
    ),
)
SIMILARITY = Scale(
    name="similarity",
    asks="How similar are the two answers in what is done and why?",
    anchors=(
        (0, "the opposite, for other reasons"),
        (25, "mostly different"),
        (50, "the same act for other reasons, or another act for the same reasons"),
        (75, "the same act and mostly the same reasons"),
        (100, "the same act for the same reasons"),
    ),
)


class Exchange(Frozen):
    """A situation and the answer to it."""

    situation: str
    answer: str


class AnswersView(View):
    """For those who describe the person: situations and answers."""

    role: ClassVar[str] = "describe"
    prompt: ClassVar[str] = "observer_describe"
    writes: ClassVar[bool] = True
    words: ClassVar[int] = 200
    asks: ClassVar[str] = (
        "Read the answers that one person gave. Describe the person: character, temper, what "
        "matters to them, how they deal with others. Up to 200 words."
    )
    exchanges: tuple[Exchange, ...]

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """The pairs, one below the other."""
        pairs = (f"{one.situation}\n— {one.answer}" for one in self.exchanges)
        return (("Answers", "\n\n".join(pairs)),)

    def within(self, words: int) -> Self:
        """As many of the pairs, spread evenly, as have room."""
        sizes = [len(f"{one.situation} {one.answer}".split()) for one in self.exchanges]
        kept = max(1, min(len(sizes), int(words * len(sizes) / max(sum(sizes), 1))))
        places = sorted({int(place * len(sizes) / kept) for place in range(kept)})
        return self.model_copy(update={"exchanges": tuple(self.exchanges[at] for at in places)})


class FitView(View):
    """For those who have read the life: a description, and the life."""

    role: ClassVar[str] = "fit"
    prompt: ClassVar[str] = "observer_fit"
    asks: ClassVar[str] = (
        "Read the life. Then judge each description, which may be of this person or of another."
    )
    life: str
    description: str

    @property
    def scales(self) -> tuple[Scale, ...]:
        """How well it fits."""
        return (FIT,)

    def within(self, words: int) -> Self:
        """The parts of the life that bear most on the description."""
        return self.model_copy(update={"life": excerpt(self.life, self.description, words)})


class ExpectView(View):
    """For those who have read the life: a situation, and the life."""

    role: ClassVar[str] = "expect"
    prompt: ClassVar[str] = "observer_expect"
    writes: ClassVar[bool] = True
    words: ClassVar[int] = 100
    asks: ClassVar[str] = (
        "Read the life. Then write for each situation what this person would answer, in the first "
        "person, in two to four sentences."
    )
    life: str
    situation: str

    def within(self, words: int) -> Self:
        """The parts of the life that bear most on the situation."""
        return self.model_copy(update={"life": excerpt(self.life, self.situation, words)})


class SimilarityView(View):
    """For those who have not read the life: a situation, an expected and a given answer."""

    role: ClassVar[str] = "similarity"
    prompt: ClassVar[str] = "observer_similarity"
    asks: ClassVar[str] = (
        "Judge for each situation how similar the two answers are in what is done and why. "
        "Wording, length, politeness and praise do not count."
    )
    situation: str
    expected: str
    given: str

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """The fields, without saying which answer is whose."""
        return (
            ("Situation", self.situation),
            ("First answer", self.expected),
            ("Second answer", self.given),
        )

    @property
    def scales(self) -> tuple[Scale, ...]:
        """How similar they are."""
        return (SIMILARITY,)


def life_of(persona: Persona) -> str:
    """What a reader of the life reads: who the person is, and the whole story (or biography)."""
    profile = persona.profile
    facts = (f"{persona.name}, {profile.age}", profile.gender, profile.occupation, profile.place)
    head = ", ".join(fact for fact in facts if fact)
    return f"{head}.\n\n{persona.story or persona.biography}".strip()


def excerpt(life: str, about: str, words: int) -> str:
    """The life within so many words: its head, and the paragraphs nearest to ``about`` by BM25.

    They stand in the order of the life; where few share a word with ``about``, the first ones fill
    up. A life that fits is whole.
    """
    room = max(50, words - len(about.split()))
    if len(life.split()) <= room:
        return life
    head, *paragraphs = [part for part in life.split("\n") if part.strip()]
    ids = [f"{number:05d}" for number in range(len(paragraphs))]
    near = [int(one) for one, _ in LexicalIndex(ids, paragraphs).search(about)]
    order = near + [number for number in range(len(paragraphs)) if number not in set(near)]
    room -= len(head.split())
    chosen = []
    for number in order:
        size = len(paragraphs[number].split())
        if size <= room:
            chosen.append(number)
            room -= size
    return "\n\n".join([head, *(paragraphs[number] for number in sorted(chosen))])


def unnamed(text: str, people: Iterable[str]) -> str:
    """A text without the names of some people, so that answers do not tell whose they are."""
    parts = {part for name in people for part in name.split() if len(part) > 1}
    if not parts:
        return text
    names = "|".join(re.escape(one) for one in sorted(parts, key=len, reverse=True))
    return re.sub(rf"\b(?:{names})\b(?:[ -](?:{names})\b)*", "[name]", text)
