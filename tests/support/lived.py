"""The lives of the library with questions whose answer is known to lie in certain memories."""

from pathlib import Path
from typing import Literal

import yaml

from personas.library import library
from simulacra.domain.base import Frozen
from simulacra.domain.persona import Persona
from tests.support.conversations import Case, Keyed

KEYS = Path(__file__).parents[1] / "data" / "recall" / "library.yaml"
Wording = Literal["told", "paraphrased"]


class Key(Frozen):
    """A question and the ids of the memories that answer it."""

    text: str
    memories: tuple[str, ...]


def lives() -> list[Case]:
    """Every character of the library.

    Categories: ``told`` and ``paraphrased`` from the file of keys, and ``self report``: the story
    questions of the character's pack, whose key is every memory of the question's episode.
    """
    document = yaml.safe_load(KEYS.read_text(encoding="utf-8"))
    keys = {
        name: {
            wording: [Key.model_validate(one) for one in some] for wording, some in kinds.items()
        }
        for name, kinds in document.items()
    }
    return [_case(one, keys.get(one.id, {})) for one in library()]


def _case(persona: Persona, keys: dict[Wording, list[Key]]) -> Case:
    questions = [
        Keyed(key.text, frozenset(key.memories), wording)
        for wording, some in keys.items()
        for key in some
    ]
    for one in persona.questions:
        held = frozenset(m.id for m in persona.memories if m.episode and m.episode == one.episode)
        if held:
            questions.append(Keyed(one.text, held, "self report"))
    return Case(persona.id, persona, tuple(questions))
