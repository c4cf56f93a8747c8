"""What decides how a life is written, beside the persona and the model's replies."""

from typing import Literal

from pydantic import Field

from personas.authoring.life import Life
from simulacra.domain.base import Frozen

Strategy = Literal["outline", "paper"]

TOLERANCE = 0.10
"""Share by which a story may miss its target length."""

WORDS_PER_EPISODE = 500
_MOST = 80


class WriteSettings(Frozen):
    """How a life is written.

    ``words`` of the story aimed at; ``gate_every``: a review after every so many expansions, 0 for
    none within the story; ``seed`` decides draws and the model's seeds; ``temperature`` None means
    the model's default.
    """

    words: int = Field(default=10_000, ge=200, le=200_000)
    strategy: Strategy = "outline"
    seed: int = 0
    gate_every: int = Field(default=10, ge=0)
    temperature: float | None = Field(default=None, ge=0)

    def episodes(self, life: Life) -> int:
        """How many episodes the outline gets: one for about 500 words, one a stage at least."""
        return max(len(life.stages), min(_MOST, round(self.words / WORDS_PER_EPISODE)))

    @property
    def biography_words(self) -> int:
        """The length of the biography that is asked for; the limit is 1,000."""
        return max(150, min(800, self.words // 8))


def reply_tokens(words: int) -> int:
    """Room for a reply of so many words: twice the words, since languages differ, and a little."""
    return 2 * words + 64


def word_count(text: str) -> int:
    """Words of a text, as whitespace parts them."""
    return len(text.split())
