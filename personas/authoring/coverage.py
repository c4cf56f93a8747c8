"""Whether an episode as written holds what was planned."""

import re

from snowballstemmer import stemmer

from personas.authoring.outline import PlannedEpisode

_WORD = re.compile(r"\w{4,}")
_SHARE = 0.3


def left_out(episode: PlannedEpisode, text: str) -> list[str]:
    """What of the plan the text does not show: people, and the event where its words are missing.

    A person is there when one part of the name is; the event when three tenths of the longer words
    of its plan are, in any form.
    """
    words = {word.casefold() for word in re.findall(r"\w+", text)}
    missing = [
        person
        for person in episode.people
        if not {part.casefold() for part in re.findall(r"\w{2,}", person)} & words
    ]
    wanted = _stems(f"{episode.happens} {episode.changes}")
    if wanted and len(wanted & _stems(text)) / len(wanted) < _SHARE:
        missing.append(episode.happens)
    return missing


def _stems(text: str) -> set[str]:
    words = {word.casefold() for word in _WORD.findall(text)}
    return set(stemmer("english").stemWords(sorted(words)))
