"""How a person felt in the course of an interview or a conversation: read from what is stored."""

from collections.abc import Iterable, Sequence

from evaluation.figures import feeling_panel
from simulacra.domain.answer import Reply
from simulacra.domain.emotion import EmotionalState, Moment, trajectory
from simulacra.domain.run import Cell


def of_interview(cells: Iterable[Cell]) -> tuple[Moment, ...]:
    """The trajectory of one interview; of a cell that was tried again the last attempt counts."""
    latest = {cell.position: cell for cell in sorted(cells, key=lambda cell: cell.attempt)}
    ordered = [latest[position] for position in sorted(latest)]
    return trajectory((cell.question.text, _felt(cell.reply)) for cell in ordered)


def of_conversation(turns: Iterable[tuple[str, Reply]]) -> tuple[Moment, ...]:
    """The trajectory of a conversation: what was said to the person, and the reply."""
    return trajectory((text, _felt(reply)) for text, reply in turns)


def mood_figure(
    moments: Sequence[Moment],
    baseline: EmotionalState | None = None,
    *,
    name: str,
    key: str = "mood",
) -> str:
    """Valence and arousal over the turns as an SVG, with the person's baseline as dashed lines.

    ``name`` is whose mood it is, ``key`` sets the ids of this figure apart on a page.
    """
    felt = [moment.emotion for moment in moments]
    return feeling_panel(
        [state.valence if state else None for state in felt],
        [state.arousal if state else None for state in felt],
        key=key,
        label=f"Mood of {name} over {len(moments)} turns",
        baseline=(baseline.valence, baseline.arousal) if baseline else None,
    )


def _felt(reply: Reply | None) -> EmotionalState | None:
    return reply.emotion if reply else None
