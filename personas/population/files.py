"""What a sample leaves in a folder: people, fit, report, figure."""

import csv
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from personas.population.figure import write_figure
from personas.population.report import SampleReport
from simulacra.domain.persona import Persona
from simulacra.errors import InputError, WorkFailed
from simulacra.export.csv import harmless
from simulacra.export.rows import Value

PEOPLE, MARGINS, REPORT, FIGURE = "personas.csv", "margins.csv", "report.json", "fit.png"
_PLAIN = (
    "gender", "age", "date_of_birth", "as_of", "occupation", "isco", "education", "isced", "family",
    "place", "culture", "long_term_goal",
)  # fmt: skip
_SEVERAL = ("languages", "hobbies", "short_term_goals")


def write_sample(people: Sequence[Persona], report: SampleReport, out: Path) -> list[Path]:
    """Write ``personas.csv``, ``margins.csv``, ``report.json`` and, with a target, ``fit.png``.

    All of them or none; files of an earlier sample in the folder are replaced. Every row says that
    the person is simulated. Cells with several values join them with `` | ``.

    Raises:
        InputError: ``out`` is a file.
        WorkFailed: the folder cannot be written.
    """
    if out.exists() and not out.is_dir():
        raise InputError(f"{out} is no folder: give a folder")
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out, prefix=".sample-") as folder:
            draft = Path(folder)
            _write_people(people, draft / PEOPLE)
            _write_margins(report, draft / MARGINS)
            text = json.dumps(report.model_dump(mode="json"), ensure_ascii=False, indent=2)
            (draft / REPORT).write_text(f"{text}\n", encoding="utf-8")
            if report.lines:
                write_figure(report, draft / FIGURE)
            elif (out / FIGURE).exists():
                (out / FIGURE).unlink()
            made = sorted(draft.iterdir())
            for one in made:
                one.replace(out / one.name)
    except OSError as error:
        raise WorkFailed(
            f"cannot write to {out} ({error.strerror}): choose another folder"
        ) from None
    return [out / one.name for one in made]


def _write_people(people: Sequence[Persona], path: Path) -> None:
    names = list(dict.fromkeys(name for one in people for name in one.profile.attributes))
    own = [name if name not in (*_PLAIN, *_SEVERAL) else f"{name}_words" for name in names]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        heading = ["id", "name", "weight", "simulated", *_PLAIN, *_SEVERAL, *own]
        writer.writerow([harmless(name) for name in heading])
        for one in people:
            facts = one.profile.model_dump(mode="json")
            row: list[Value] = [one.id, one.name, one.weight, 1]
            row += [facts[name] for name in _PLAIN]
            row += [" | ".join(facts[name]) for name in _SEVERAL]
            row += [one.profile.attributes.get(name, "") for name in names]
            writer.writerow([harmless(value) for value in row])


def _write_margins(report: SampleReport, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["variable", "category", "target", "drawn", "weighted", "error_points"])
        for one in report.lines:
            row: list[Value] = [
                one.variable,
                one.category,
                one.target,
                one.drawn,
                one.weighted,
                one.error,
            ]
            writer.writerow([harmless(value) for value in row])
