"""Whether something that a person learned contradicts their life: the life's checks with it in."""

import re

from personas.checks.door import contradictions
from simulacra.domain.memory import Memory, Span
from simulacra.domain.persona import Episode, Persona

_VERBS = {"am": "is", "have": "has", "do": "does", "don't": "doesn't", "'m": " is", "'ve": " has"}
_FIRST = re.compile(r"\bI(?P<short>['’](?:m|ve))?\b(?P<verb> (?:am|have|do|don't)\b)?")
_OWN = re.compile(r"\b(?:my|My|me)\b")
_PRONOUNS = {"female": ("her", "her"), "male": ("his", "him")}


def contradiction_with(persona: Persona, memory: Memory) -> str:
    """What of the life a learned memory contradicts, in words; "" where nothing is found.

    The memory is read as a last episode of the story, told of the person by name; only what is
    found in it counts.
    """
    if not persona.story:
        return ""
    told = _of_another(persona, memory.content)
    start = len(persona.story) + 2
    episode = Episode(id="learned", span=Span(start=start, end=start + len(told)))
    longer = persona.model_copy(
        update={
            "story": f"{persona.story}\n\n{told}",
            "episodes": (*persona.episodes, episode),
        }
    )
    found = [
        finding.message
        for finding in contradictions(longer)
        if any(one is not None and one.end > start for one in (finding.span, finding.other_span))
    ]
    return "; ".join(dict.fromkeys(found))


def _of_another(persona: Persona, text: str) -> str:
    """A text in the first person as one about the person, whom the checks know by name."""
    name = persona.name.split()[0]
    own, him = _PRONOUNS.get(persona.profile.gender, ("their", "them"))

    def subject(found: re.Match[str]) -> str:
        short = (found["short"] or "").replace("’", "'")
        verb = (found["verb"] or "").strip()
        return name + _VERBS.get(short, "") + (f" {_VERBS[verb]}" if verb else "")

    def owner(found: re.Match[str]) -> str:
        word = found[0]
        return him if word == "me" else own.capitalize() if word[0].isupper() else own

    return _OWN.sub(owner, _FIRST.sub(subject, text))
