"""The facts of a profile as a prompt lists them."""

from simulacra.domain.persona import Persona


def facts_of(persona: Persona, *, further: bool = True) -> list[tuple[str, str]]:
    """Label and value of every attribute that is known, in a fixed order.

    ``further`` includes the free attributes after those that every profile has.
    """
    profile = persona.profile
    facts = [
        ("gender", profile.gender),
        ("age", str(profile.age)),
        ("date of birth", profile.date_of_birth.isoformat() if profile.date_of_birth else ""),
        ("work", profile.occupation),
        ("home", profile.place),
        ("culture", profile.culture),
        ("languages", ", ".join(profile.languages)),
        ("family I come from", profile.family),
        ("education", profile.education),
        ("hobbies", ", ".join(profile.hobbies)),
        ("short-term goals", ", ".join(profile.short_term_goals)),
        ("long-term goal", profile.long_term_goal),
    ]
    if further:
        facts += [(name.replace("_", " "), text) for name, text in profile.attributes.items()]
    return [(label, value) for label, value in facts if value]
