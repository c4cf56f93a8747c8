"""How a person felt in the course of an interview or a conversation: read from what is stored."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, TextIO

from evaluation.figures import feeling_panel
from simulacra.domain.answer import Reply
from simulacra.domain.emotion import EMOTIONS, EmotionalState, Moment, baseline_of, trajectory
from simulacra.domain.persona import Persona
from simulacra.domain.run import Cell

_TABLE = "moods.csv"
_COLUMNS = ("id", "persona_id", "turn", "stimulus", "valence", "arousal", "feeling", *EMOTIONS)


class Course(NamedTuple):
    """The moments of one respondent's interview or of one conversation, by its id."""

    id: str
    persona: Persona
    moments: tuple[Moment, ...]


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


def write_moods(courses: Iterable[Course], out: Path) -> list[Path]:
    """Write one figure a course and one table of all into a folder; their paths, the table first.

    The table has a row a turn; where nothing was felt its numbers are empty, and so is an emotion
    that was not named. Courses without any mood are left out, and without any course nothing is
    written. Courses are taken one at a time.

    Raises:
        OSError: the files cannot be written.
    """
    felt = (one for one in courses if any(moment.emotion for moment in one.moments))
    first = next(felt, None)
    if first is None:
        return []
    out.mkdir(parents=True, exist_ok=True)
    files = [out / _TABLE]
    with files[0].open("w", encoding="utf-8", newline="") as table:
        _write(first, table, head=True)
        files.append(_draw(first, out))
        for one in felt:
            _write(one, table)
            files.append(_draw(one, out))
    return files


def _write(course: Course, table: TextIO, *, head: bool = False) -> None:
    writer = csv.DictWriter(table, _COLUMNS, restval="", lineterminator="\n")
    if head:
        writer.writeheader()
    for moment in course.moments:
        state = moment.emotion
        row: dict[str, object] = {
            "id": course.id,
            "persona_id": course.persona.id,
            "turn": moment.turn,
            "stimulus": moment.stimulus,
        }
        if state is not None:
            row |= {"valence": state.valence, "arousal": state.arousal, "feeling": state.feeling}
            row.update(state.intensities.items())
        writer.writerow(row)


def _draw(course: Course, out: Path) -> Path:
    baseline = baseline_of(course.persona.personality.domain_levels())
    drawn = mood_figure(course.moments, baseline, name=course.persona.name)
    file = out / f"{course.id}.svg"
    file.write_text(standing_alone(drawn), encoding="utf-8")
    return file


def standing_alone(figure: str) -> str:
    """A figure as a file of its own: on a page it takes the page's font, alone it brings one."""
    return figure.replace("<svg ", '<svg font-family="sans-serif" ', 1)


def _felt(reply: Reply | None) -> EmotionalState | None:
    return reply.emotion if reply else None
