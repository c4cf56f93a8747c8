"""Personalities: Big Five facets and the eight functions, drawn and said in the first person."""

from personas.personality.draw import draw_personalities, draw_personality
from personas.personality.phrasing import phrase

__all__ = ["draw_personalities", "draw_personality", "phrase"]
