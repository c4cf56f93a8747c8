"""What a Character Card says of a persona; see ``personas.formats.character_card``."""

import copy
import json
import re
from collections.abc import Mapping
from typing import Any

from simulacra.domain.persona import Persona, Profile
from simulacra.errors import InputError

SPEC, SPEC_VERSION = "chara_card_v2", "2.0"
FORMAT = "simulacra-card/1"
LARGEST = 24_000_000
"""Bytes that a card may have; those in use have one or two million."""
TEXTS = ("name", "description", "personality", "scenario", "first_mes", "mes_example")

_NOTES = "A simulated person, made with Simulacra. Nobody real is meant."
_CODES = frozenset({"isco", "isced", "as_of", "attributes"})
_SELF = re.compile(r"\{\{char\}\}|<BOT>", re.IGNORECASE)
_OTHER = re.compile(r"\{\{user\}\}|<USER>", re.IGNORECASE)

_Record = dict[str, Any]


def usable_name(name: str) -> bool:
    """Whether a card can bear the name: one line of at most 200 characters."""
    return bool(name.strip()) and len(name) <= 200 and name.isprintable()


def told(data: Mapping[str, Any], name: str) -> str:
    """What the card says about the character, as a biography.

    Its placeholders for the character and the other side are replaced: by the name, and by
    "the user".
    """
    parts = [data["description"], data["personality"]]
    text = "\n\n".join(part.strip() for part in parts if part.strip())
    return _OTHER.sub("the user", _SELF.sub(lambda _: name, text))


def card_of(persona: Persona) -> _Record:
    """The card as other programs read it, without what only we can read.

    A card that the persona came from is given back with its own words, unless the biography was
    changed since.

    Raises:
        InputError: what stands in ``extra["character_card"]`` is no card.
    """
    kept = _kept(persona)
    own = _own_texts(persona)
    if kept is None:
        data = {**own, "scenario": "", "first_mes": "", "mes_example": "", "creator_notes": _NOTES}
        data |= {"system_prompt": "", "post_history_instructions": "", "alternate_greetings": []}
        data |= {"tags": ["simulacra"], "creator": "", "character_version": str(persona.version)}
        return {"spec": SPEC, "spec_version": SPEC_VERSION, "data": {**data, "extensions": {}}}
    card = copy.deepcopy(kept)
    if persona.biography != told(card["data"], persona.name):
        card["data"] |= own
    card["data"]["name"] = persona.name
    # Programs that write both versions repeat the six texts beside the data.
    card |= {key: card["data"][key] for key in TEXTS if key in card}
    return card


def card_json(persona: Persona) -> str:
    """The whole card as JSON text, with everything that brings the persona back."""
    card = card_of(persona)
    carried = persona.model_dump(mode="json", exclude={"name", "source"})
    carried["extra"] = {
        key: value for key, value in carried["extra"].items() if key != "character_card"
    }
    extensions = {**card["data"]["extensions"], "simulacra": {"format": FORMAT, "persona": carried}}
    whole = {**card, "data": {**card["data"], "extensions": extensions}}
    return json.dumps(whole, ensure_ascii=False, indent=1)


def _kept(persona: Persona) -> _Record | None:
    """The card that the persona came from."""
    kept = persona.extra.get("character_card")
    data = kept.get("data") if isinstance(kept, dict) else None
    if kept is None:
        return None
    if not isinstance(data, dict) or not all(isinstance(data.get(key), str) for key in TEXTS):
        raise InputError(f"{persona.name}: extra.character_card is no card; take it out")
    if not isinstance(data.get("extensions"), dict):
        raise InputError(f"{persona.name}: extra.character_card has no extensions; take it out")
    whole: _Record = kept
    return whole


def _own_texts(persona: Persona) -> _Record:
    """Name, description and personality in our own form: what is known, then the biography."""
    profile = persona.profile
    facts = []
    for field in Profile.model_fields:
        value = getattr(profile, field)
        if field not in _CODES and value not in (None, "", ()):
            words = ", ".join(value) if isinstance(value, tuple) else str(value)
            facts.append(f"{field.replace('_', ' ').capitalize()}: {words}")
    facts += [f"{key.replace('_', ' ')}: {text}" for key, text in profile.attributes.items()]
    parts = ["\n".join(facts), persona.biography.strip()]
    return {
        "name": persona.name,
        "description": "\n\n".join(part for part in parts if part),
        "personality": "\n".join(trait.text for trait in persona.personality.traits),
    }
