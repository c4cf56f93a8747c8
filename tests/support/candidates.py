"""Sampled people for selections, and a model that scores them by rule."""

import json
from typing import Any

import numpy as np

from personas.personality import draw_personality
from simulacra.domain.call import Request
from simulacra.domain.persona import Persona, Profile
from simulacra.llm.port import ModelInfo
from simulacra.llm.scripted import ScriptedModel

_WORK = ("baker", "surveyor", "nurse", "welder")
_PLACES = ("Porto, Portugal", "Turku, Finland", "Oaxaca, Mexico")
_HOBBIES = ("chess", "rowing", "baking", "birdwatching", "singing")


def candidate(number: int, **changes: Any) -> Persona:
    """One of many sampled people, alike in some things and not in others."""
    profile = {
        "gender": ("female", "male")[number % 2],
        "age": 20 + 7 * number % 60,
        "occupation": _WORK[number % len(_WORK)],
        "place": _PLACES[number % len(_PLACES)],
        "education": "upper secondary",
        "hobbies": (_HOBBIES[number % 5], _HOBBIES[(number + 2) % 5]),
        "long_term_goal": f"own boat number {number}",
        "attributes": {"income": "middle"},
    }
    return Persona(
        id=f"sample-{number:03d}",
        name=f"Person {number:03d}",
        source="sample",
        profile=Profile.model_validate(profile | changes),
        personality=draw_personality(np.random.default_rng(number)),
    )


def verdict(coherence: int, distinctness: int, *contradictions: str) -> dict[str, Any]:
    """A reply as a model would give it."""
    found = [{"what": one, "fields": ["age", "occupation"]} for one in contradictions]
    return {"contradictions": found, "coherence": coherence, "distinctness": distinctness}


def judge(delay: float = 0.0, **replies: Any) -> ScriptedModel:
    """A model whose verdict on ``sample-003`` is ``replies["p003"]``; on others by their number."""

    def reply(request: Request) -> str:
        number = request.messages[1].text.split("Person ")[1][:3]
        made = replies.get(f"p{number}", verdict(1 + int(number) % 10, 5))
        return made if isinstance(made, str) else json.dumps(made)

    info = ModelInfo(spec="judge", name="judge", default_temperature=0.0, reproducible=True)
    return ScriptedModel(reply, delay=delay, info=info)
