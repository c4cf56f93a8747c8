"""Mood-congruent recall: who is sad remembers sad things (Bower, 1981, "Mood and memory")."""

from collections.abc import Iterable
from math import sqrt

from simulacra.domain.emotion import EmotionalState
from simulacra.domain.memory import Memory


def congruence(memory: Memory, mood: EmotionalState) -> float:
    """Cosine (0 to 1) between the emotions of a memory and those felt now; 0 without either."""
    felt, lived = mood.intensities, memory.emotions
    lengths = _length(felt.values()) * _length(lived.values())
    shared = sum(level * lived[name] for name, level in felt.items() if name in lived)
    return shared / lengths if lengths else 0.0


def _length(levels: Iterable[int]) -> float:
    return sqrt(sum(level * level for level in levels))
