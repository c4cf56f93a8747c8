"""Attributes by key: ``occupation``, ``attributes.religion``, ``facets.anxiety``, ``name``."""

import difflib
import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from personas.formats.text_files import first_problem
from simulacra.domain.persona import FACETS, Persona, Personality, Profile
from simulacra.errors import InputError, UnknownName
from simulacra.plain_text import one_line

_LISTS = frozenset({"languages", "hobbies", "short_term_goals"})
_PLAIN = ("name", "biography", *(key for key in Profile.model_fields if key != "attributes"))


def read_value(persona: Persona, setting: str) -> tuple[str, Any]:
    """Key and value of ``key=value``; a list is given with commas, or as JSON.

    Raises:
        InputError: there is no sign, or a list is broken.
        UnknownName: there is no such key; close ones are named.
    """
    key, sign, text = setting.partition("=")
    key, text = key.strip(), text.strip()
    if not sign or not key:
        raise InputError(f'{setting!r} is no setting: give key=value, such as occupation="pilot"')
    known = key in _PLAIN or (key.startswith("attributes.") and len(key) > len("attributes."))
    known = known or (key.removeprefix("facets.") in FACETS and key.startswith("facets."))
    if not known:
        every = [*_PLAIN, *(f"attributes.{one}" for one in persona.profile.attributes)]
        every += [f"facets.{one}" for one in FACETS]
        near = difflib.get_close_matches(key, every, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else f"try attributes.{key}"
        raise UnknownName(f"there is no attribute {key!r}; {hint}")
    return key, _listed(key, text) if key in _LISTS else text


def value_of(persona: Persona, key: str) -> list[str]:
    """What an attribute says now, as texts; none where it says nothing."""
    if key.startswith("attributes."):
        value: Any = persona.profile.attributes.get(key.removeprefix("attributes."))
    elif key.startswith("facets."):
        value = {str(name): level for name, level in persona.personality.facets.items()}.get(
            key.removeprefix("facets.")
        )
    else:
        value = getattr(persona if key in ("name", "biography") else persona.profile, key)
    if isinstance(value, tuple):
        return [str(one) for one in value]
    return [] if value in (None, "") else [str(value)]


def with_values(persona: Persona, values: Mapping[str, Any]) -> Persona:
    """The persona with these values; all are checked together, so that dates and ages may move.

    Raises:
        InputError: a value does not fit its attribute, or values do not fit each other.
    """
    profile: dict[str, Any] = persona.profile.model_dump()
    profile["attributes"] = dict(persona.profile.attributes)
    facets: dict[str, Any] = {str(key): level for key, level in persona.personality.facets.items()}
    own: dict[str, Any] = {}
    for key, value in values.items():
        if key.startswith("attributes."):
            _put(profile["attributes"], key.removeprefix("attributes."), value)
        elif key.startswith("facets."):
            _put(facets, key.removeprefix("facets."), value)
        elif key in ("name", "biography"):
            own[key] = value
        else:
            nullable = Profile.model_fields[key].default is None
            profile[key] = None if nullable and value == "" else value
    if own.get("name") == "":
        raise InputError("a person needs a name", field="name")
    one_line(str(own.get("name", "")), "the name", field="name")
    if profile["gender"] == "":
        raise InputError("a person needs a gender", field="gender")
    try:
        whole = {
            "profile": Profile.model_validate(profile),
            "personality": Personality.model_validate(
                {**persona.personality.model_dump(), "facets": facets}
            ),
        }
    except ValidationError as error:
        place, message = first_problem(error)
        raise InputError(message, field=".".join(str(one) for one in place) or None) from None
    return persona.model_copy(update={**whole, **own})


def _put(mapping: dict[str, Any], key: str, value: Any) -> None:
    """Set a key, or take it away where the value is empty."""
    if value == "":
        mapping.pop(key, None)
    else:
        mapping[key] = value


def _listed(key: str, text: str) -> tuple[str, ...]:
    if not text.startswith("["):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise InputError('give a list as "a, b" or as JSON, ["a", "b"]', field=key)
    return tuple(value)
