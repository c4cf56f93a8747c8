"""Character Card V2: a character as other programs exchange it, in JSON or inside a PNG.

The specification is that of malfoyslastname/character-card-spec-v2 (2023); cards of version 1, the
same six texts without an envelope, are read too. The card as it came is kept whole in
``Persona.extra["character_card"]``, so that nothing of it is lost, known to us or not. What a card
has no room for travels under ``data.extensions.simulacra``.

The biography is the card's description with its personality text after it. The words of a card are
not guessed at: age and gender are taken from explicit fields ("Age: 34", ``Gender("female")``) or
must be given.
"""

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from personas.formats.card_content import (
    FORMAT,
    LARGEST,
    SPEC,
    SPEC_VERSION,
    TEXTS,
    card_of,
    told,
    usable_name,
)
from personas.formats.card_pictures import MAGIC, card_text
from personas.formats.human_simulacra import slug
from personas.formats.text_files import first_problem, json_value, read_text
from simulacra.domain.persona import Persona, Profile
from simulacra.errors import InputError

_MORE_TEXTS = (
    "creator_notes", "system_prompt", "post_history_instructions", "creator", "character_version",
)  # fmt: skip
_LISTS = ("alternate_greetings", "tags")
# Bounded on both sides of the sign, so that no text can make the search slow.
_SIGN = r"""["'*_\]]{0,4}\s{0,4}[:=(]\s{0,4}["'*_(\[]{0,4}\s{0,4}"""
_AGE = re.compile(rf"(?<![^\W_])age{_SIGN}(\d{{1,9}})\b", re.IGNORECASE)
_GENDER = re.compile(
    rf"(?<![^\W_])(?:gender|sex){_SIGN}([^\W\d_]+(?:[ -][^\W\d_]+){{0,4}})", re.IGNORECASE
)
_LONGEST_GENDER = 3
"""Words; more than that are a sentence and no field."""

_Record = dict[str, Any]


def is_card(path: Path) -> bool:
    """Whether a file may be a card: it ends in .json or .png, or begins as a PNG does."""
    if not path.is_file():
        return False
    if path.suffix.lower() in (".json", ".png"):
        return True
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def read_card(path: Path, *, age: int | None = None, gender: str | None = None) -> Persona:
    """The character of a card; ``age`` and ``gender`` go before what the card says.

    Raises:
        InputError: the file is no card, too large or broken, or says nothing of age or gender.
    """
    if path.stat().st_size > LARGEST:
        raise InputError(
            f"is larger than {LARGEST // 1_000_000} MB, which no character card is", path=path
        )
    with path.open("rb") as file:
        is_png = file.read(len(MAGIC)) == MAGIC
    if path.suffix.lower() == ".png" and not is_png:
        raise InputError("is called .png, but is no PNG picture", path=path)
    text = card_text(path) if is_png else read_text(path)
    card = _envelope(json_value(text, path), path)
    try:
        json.dumps(card, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise InputError("holds half a character (a lone surrogate)", path=path) from None
    data = card["data"]
    own = data["extensions"].pop("simulacra", None)
    if isinstance(own, dict) and own.get("format") == FORMAT:
        return _come_back(card, own, path, age, gender)
    if own is not None:
        data["extensions"]["simulacra"] = own
    return _stranger(card, path, age, gender)


# ---- the envelope -------------------------------------------------------------------------------


def _envelope(value: Any, path: Path) -> _Record:
    """The card in the form of version 2 with every field that it asks for."""
    if not isinstance(value, dict):
        raise InputError("is no character card: it must be one JSON object", path=path)
    if "spec" in value or "data" in value:
        spec, edition = value.get("spec"), value.get("spec_version")
        if spec != SPEC or edition != SPEC_VERSION:
            raise InputError(
                f"is no card of version 1 or 2: spec must be {SPEC!r} and spec_version "
                f"{SPEC_VERSION!r}, not {spec!r} and {edition!r}",
                path=path,
            )
        data = value.get("data")
        around = {key: one for key, one in value.items() if key != "data"}
    else:
        if "name" not in value or not set(TEXTS[1:]) & set(value):
            raise InputError(
                f"is no character card: it has neither spec nor the texts {', '.join(TEXTS)}",
                path=path,
            )
        data = {key: value[key] for key in TEXTS if key in value}
        around = {key: one for key, one in value.items() if key not in TEXTS}
        around = {"spec": SPEC, "spec_version": SPEC_VERSION, **around}
    if not isinstance(data, dict):
        raise InputError("must be an object", path=path, field="data")
    return {**around, "data": _complete(data, path)}


def _complete(data: _Record, path: Path) -> _Record:
    """The data with every field of the specification; what is missing is empty."""
    whole = {
        **dict.fromkeys((*TEXTS, *_MORE_TEXTS), ""),
        **{key: [] for key in _LISTS},
        "extensions": {},
        **data,
    }
    whole["extensions"] = _typed(whole["extensions"], dict, "an object", path, "extensions")
    whole["extensions"] = dict(whole["extensions"])
    for key in (*TEXTS, *_MORE_TEXTS):
        _typed(whole[key], str, "a text", path, key)
    for key in _LISTS:
        for one in _typed(whole[key], list, "a list of texts", path, key):
            _typed(one, str, "a list of texts", path, key)
    if not usable_name(whole["name"]):
        raise InputError("must be a name on one line", path=path, field="data.name")
    return whole


def _typed(value: Any, kind: type, words: str, path: Path, field: str) -> Any:
    if not isinstance(value, kind):
        raise InputError(f"must be {words}", path=path, field=f"data.{field}")
    return value


# ---- characters ---------------------------------------------------------------------------------


def _stranger(card: _Record, path: Path, age: int | None, gender: str | None) -> Persona:
    """A character that another program wrote."""
    data = card["data"]
    name = data["name"].strip()
    known = "\n".join((data["description"], data["personality"]))
    ages = {int(one) for one in _AGE.findall(known)}
    genders = set(_genders(known))
    gender = gender if gender is not None else _only(genders)
    age = age if age is not None else _only(ages)
    needed = (("--age N", age), ("--gender WORD", gender or None))
    lacking = [flag for flag, value in needed if value is None]
    if lacking:
        raise InputError(
            f"the card does not say plainly what a person here must have; give "
            f"{' and '.join(lacking)} with the import",
            path=path,
        )
    try:
        return Persona(
            id=_id(name),
            name=name,
            source="import",
            profile=Profile.model_validate({"gender": gender, "age": age}),
            biography=told(data, name),
            extra={"character_card": card},
        )
    except ValidationError as error:
        raise _invalid(error, path) from error


def _come_back(
    card: _Record, own: _Record, path: Path, age: int | None, gender: str | None
) -> Persona:
    """A character that we wrote; texts that another program changed since are taken as they are."""
    carried = own.get("persona")
    if not isinstance(carried, dict) or {"source", "name"} & set(carried):
        raise InputError("is not as we write it", path=path, field="data.extensions.simulacra")
    data = card["data"]
    try:
        persona = Persona.model_validate({**carried, "name": data["name"], "source": "import"})
        if age is not None or gender is not None:
            given = {"age": age, "gender": gender}
            changed = {key: value for key, value in given.items() if value is not None}
            profile = {**persona.profile.model_dump(), **changed}
            persona = persona.model_copy(update={"profile": Profile.model_validate(profile)})
    except ValidationError as error:
        raise _invalid(error, path) from error
    ours = card_of(persona)
    if card == ours:
        return persona
    texts = ("description", "personality")
    if any(data[key] != ours["data"][key] for key in texts):
        persona = persona.model_copy(update={"biography": told(data, persona.name)})
    return persona.model_copy(update={"extra": {**persona.extra, "character_card": card}})


def _genders(text: str) -> Iterator[str]:
    """The values of explicit fields; a word that a sign follows is the next field's name."""
    for match in _GENDER.finditer(text):
        words = match.group(1).split(" ")
        if len(words) > 1 and re.match(r"\s{0,4}[:=(]", text[match.end() :][:5]):
            words.pop()
        if len(words) <= _LONGEST_GENDER:
            yield " ".join(words).lower()


def _only(found: set[Any]) -> Any:
    """The one thing found; nothing where there is none, or where they disagree."""
    return next(iter(found)) if len(found) == 1 else None


def _id(name: str) -> str:
    """An id made of the name; of its hash where no letter of it is left."""
    return slug(name) or f"card-{sha256(name.encode()).hexdigest()[:8]}"


def _invalid(error: ValidationError, path: Path) -> InputError:
    place, message = first_problem(error)
    return InputError(message, path=path, field=".".join(str(part) for part in place) or None)
