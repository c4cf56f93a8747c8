"""Who a life is written for, as the writer's prompts say it."""

from personas.authoring.author import PROMPTS
from simulacra.cognition.persona_prompt import facts_of
from simulacra.domain.persona import Persona
from simulacra.prompting import find_template

_TRAITS = 12


def attributes_of(persona: Persona) -> list[tuple[str, str]]:
    """Label and value of every attribute of the profile, in a fixed order."""
    facts = facts_of(persona)
    return [("family" if label.startswith("family") else label, value) for label, value in facts]


def portrait(persona: Persona) -> str:
    """The person in full: attributes, and sentences of character evenly from the list."""
    traits = [trait.text for trait in persona.personality.traits]
    step = max(1, -(-len(traits) // _TRAITS))
    variables = {
        "name": persona.name,
        "attributes": attributes_of(persona),
        "traits": traits[::step],
        "levels": persona.personality.domain_levels() if not traits else {},
    }
    return find_template("portrait", PROMPTS).render(variables).messages[0].text


def short_portrait(persona: Persona) -> str:
    """The person in a line, for a small model."""
    profile = persona.profile
    parts = (persona.name, profile.gender, profile.occupation, profile.place)
    return ", ".join(part for part in parts if part)
