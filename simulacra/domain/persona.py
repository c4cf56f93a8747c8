"""A persona: who somebody is, the life they had, what they remember, and how they can be tested."""

from datetime import date
from typing import Any, Literal, Self, get_args

from pydantic import Field, model_validator

from simulacra.domain.base import Frozen, content_hash
from simulacra.domain.memory import Memory, Span

Facet = Literal[
    "anxiety", "anger", "depression", "self_consciousness", "immoderation", "vulnerability",
    "friendliness", "gregariousness", "assertiveness", "activity_level", "excitement_seeking",
    "cheerfulness", "imagination", "artistic_interests", "emotionality", "adventurousness",
    "intellect", "liberalism", "trust", "morality", "altruism", "cooperation", "modesty",
    "sympathy", "self_efficacy", "orderliness", "dutifulness", "achievement_striving",
    "self_discipline", "cautiousness",
]  # fmt: skip
FACETS: tuple[Facet, ...] = get_args(Facet)
DOMAINS: dict[str, tuple[Facet, ...]] = {
    "neuroticism": FACETS[0:6],
    "extraversion": FACETS[6:12],
    "openness": FACETS[12:18],
    "agreeableness": FACETS[18:24],
    "conscientiousness": FACETS[24:30],
}

Function = Literal["Ne", "Ni", "Se", "Si", "Te", "Ti", "Fe", "Fi"]
FUNCTIONS: tuple[Function, ...] = get_args(Function)
PERCEIVING, JUDGING = frozenset(FUNCTIONS[:4]), frozenset(FUNCTIONS[4:])

Source = Literal["library", "import", "sample", "written"]


class Trait(Frozen):
    """A first-person sentence of personality, and what it says: a function's rank or a facet."""

    text: str
    function: Function | None = None
    rank: int | None = Field(default=None, ge=1, le=8)
    facet: Facet | None = None


class Personality(Frozen):
    """Two models side by side.

    ``facets``: levels 1 (very low) to 5 (very high) of the 30 IPIP-NEO facets; all or none.
    ``functions``: the eight functions, strongest first; all or none.
    """

    facets: dict[Facet, int] = Field(default_factory=dict)
    functions: tuple[Function, ...] = ()
    traits: tuple[Trait, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.facets and set(self.facets) != set(FACETS):
            missing = [facet for facet in FACETS if facet not in self.facets]
            raise ValueError(f"facets: give all 30 or none (missing: {', '.join(missing)})")
        if any(not 1 <= level <= 5 for level in self.facets.values()):
            raise ValueError("facets: levels run from 1 to 5")
        if self.functions:
            if sorted(self.functions) != sorted(FUNCTIONS):
                raise ValueError("functions: name each of the eight exactly once")
            if self.functions[0] not in PERCEIVING or self.functions[1] not in JUDGING:
                raise ValueError("functions: rank 1 is a perceiving one, rank 2 a judging one")
        return self

    def domain_levels(self) -> dict[str, float]:
        """Mean facet level (1 to 5) of each Big Five domain; empty without facets."""
        if not self.facets:
            return {}
        return {
            name: sum(self.facets[facet] for facet in facets) / len(facets)
            for name, facets in DOMAINS.items()
        }


class Profile(Frozen):
    """The attributes. ``as_of`` is the day the character lives on; ``age`` fits it where given."""

    gender: str
    age: int = Field(ge=0, le=130)
    date_of_birth: date | None = None
    as_of: date | None = None
    occupation: str = ""
    isco: str | None = None
    education: str = ""
    isced: int | None = Field(default=None, ge=0, le=8)
    family: str = ""
    place: str = ""
    culture: str = ""
    languages: tuple[str, ...] = ()
    hobbies: tuple[str, ...] = ()
    short_term_goals: tuple[str, ...] = ()
    long_term_goal: str = ""
    attributes: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _age_fits(self) -> Self:
        if self.date_of_birth and self.as_of:
            born, now = self.date_of_birth, self.as_of
            age = now.year - born.year - ((now.month, now.day) < (born.month, born.day))
            if age != self.age:
                raise ValueError(f"age is {self.age}, but born {born} makes {age} on {now}")
        return self


class Episode(Frozen):
    """A dated part of a life story: ``span`` is its passage of the story."""

    id: str
    title: str = ""
    when: str | None = None
    age: int | None = None
    span: Span


class Fact(Frozen):
    """What a passage of the story says: ``subject`` stands in ``relation`` to ``object``.

    ``episode`` is the id of the episode it was read in, ``span`` the words it rests on.
    """

    subject: str = Field(min_length=1)
    relation: str = Field(min_length=1)
    object: str = Field(min_length=1)
    episode: str | None = None
    span: Span


class SelfReportQuestion(Frozen):
    """A question about the person with its key (the test "do you know who you are").

    ``options`` maps letters to texts; ``answer`` holds letters, or the value of a cloze, for which
    ``accept`` lists further right values. ``basis`` says whether the profile alone gives the key;
    ``quotes`` are the words of the story that it rests on, one for each key, where they are known.
    """

    id: str
    kind: Literal["cloze", "single", "multiple"]
    text: str
    options: dict[str, str] = Field(default_factory=dict)
    answer: tuple[str, ...]
    accept: tuple[str, ...] = ()
    basis: Literal["profile", "story"] | None = None
    episode: str | None = None
    # Left out where empty, so that a person without any keeps the hash it always had.
    quotes: tuple[str, ...] = Field(default=(), exclude_if=lambda quotes: not quotes)

    @model_validator(mode="after")
    def _keyed(self) -> Self:
        if not self.answer:
            raise ValueError("the key is empty")
        if self.kind == "cloze":
            if self.options:
                raise ValueError("a cloze has no options")
        elif unknown := [key for key in self.answer if key not in self.options]:
            raise ValueError(f"the key names no option: {', '.join(unknown)}")
        return self


class Persona(Frozen):
    """A whole character, one version of it. ``story`` is the text that all spans point into.

    ``weight`` is how many people of a population this one stands for, relative to a mean of 1.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")
    name: str = Field(min_length=1)
    version: int = Field(default=1, ge=1)
    source: Source
    weight: float = Field(default=1.0, gt=0, allow_inf_nan=False)
    profile: Profile
    personality: Personality = Personality()
    biography: str = ""
    story: str = ""
    episodes: tuple[Episode, ...] = ()
    facts: tuple[Fact, ...] = ()
    memories: tuple[Memory, ...] = ()
    questions: tuple[SelfReportQuestion, ...] = ()
    extra: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for kind, ids in (
            ("episode", [episode.id for episode in self.episodes]),
            ("memory", [memory.id for memory in self.memories]),
            ("question", [question.id for question in self.questions]),
        ):
            if twice := sorted({one for one in ids if ids.count(one) > 1}):
                raise ValueError(f"{kind} ids must be unique: {', '.join(twice)}")
        spans = [(e.id, e.span) for e in self.episodes]
        spans += [(m.id, m.source) for m in self.memories if m.source]
        spans += [(f"{one.subject} {one.relation}", one.span) for one in self.facts]
        for owner, span in spans:
            if not span.start <= span.end <= len(self.story):
                raise ValueError(f"{owner}: its span lies outside the story")
        return self

    @property
    def story_words(self) -> int:
        """Words of the life story."""
        return len(self.story.split())

    def text_of(self, span: Span) -> str:
        """The passage of the story that a span names."""
        return self.story[span.start : span.end]

    def hash(self) -> str:
        """Content hash of this version."""
        return content_hash(self)
