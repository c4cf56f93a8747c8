"""Attributes of the profile that neither biography nor story tells."""

from collections.abc import Iterator

from personas.authoring.unmentioned import unmentioned
from personas.checks.claims import Life
from personas.checks.finding import Finding


def attributes_untold(life: Life) -> Iterator[Finding]:
    """Attributes that are nowhere told; nothing is said of a person without any text."""
    persona = life.persona
    text = f"{persona.biography}\n{persona.story}"
    if not text.strip():
        return
    for label, value in unmentioned(persona, text):
        yield Finding(
            kind="attribute-untold",
            severity="warning",
            message=f"neither biography nor story mentions the {label}: {value}",
            detail=f"profile.{label.replace(' ', '_')}",
        )
