"""What a person knows of themselves without recalling when: facts and traits, as sentences.

The semantic side of autobiographical memory (Conway & Pleydell-Pearce, 2000), beside the episodes.
"""

from simulacra.domain.memory import Memory
from simulacra.domain.persona import Persona


def self_knowledge(persona: Persona) -> tuple[Memory, ...]:
    """First-person sentences of the profile, then the traits; ids k001, k002, ... in that order."""
    profile = persona.profile
    born = profile.date_of_birth.isoformat() if profile.date_of_birth else ""
    known = [
        ("My name is {}.", persona.name),
        ("My gender is {}.", profile.gender),
        ("I am {} years old.", str(profile.age)),
        ("My birthday, the date of my birth, is {}.", born),
        ("My line of work, my job and occupation: {}.", profile.occupation),
        ("I live in {}.", profile.place),
        ("My culture is {}.", profile.culture),
        ("The languages I speak are {}.", ", ".join(profile.languages)),
        ("The family I come from: {}.", profile.family),
        ("My education: {}.", profile.education),
        ("My hobbies are {}.", ", ".join(profile.hobbies)),
        ("My short-term goals are {}.", ", ".join(profile.short_term_goals)),
        ("My long-term goal is {}.", profile.long_term_goal),
    ]
    sentences = [pattern.format(value.rstrip(".")) for pattern, value in known if value]
    sentences += [
        f"My {name.replace('_', ' ')}: {value.rstrip('.')}."
        for name, value in profile.attributes.items()
        if value
    ]
    sentences += [trait.text for trait in persona.personality.traits]
    return tuple(
        Memory(id=f"k{number:03d}", content=sentence, origin="self")
        for number, sentence in enumerate(sentences, start=1)
    )
