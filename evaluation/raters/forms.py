"""Forms for people: a CSV and a page a role, written and read again.

A form names the measurement, and each row the id of its view, so that answers find their place. The
page works from a file, without a network: what is filled in stays in the browser, and is saved as a
CSV that is read like the other. Rows that are not filled in are left for later; files of several
raters are read together.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pydantic import Field

from evaluation.pages import environment
from evaluation.raters.base import Rated, RaterInfo, Rating, Scale, Unrated, View
from simulacra.domain.base import Frozen
from simulacra.errors import InputError, StorageError
from simulacra.export.csv import harmless
from simulacra.export.drafts import Drafts

_LONG = 1500
"""Texts with more letters are shown once, or stand in a file of their own."""
NOT_FILLED_IN = "not filled in"
_FIXED = ("measurement", "role", "task", "rater")


class Task(Frozen):
    """One view as a form shows it; of a long part, the number of its document."""

    id: str
    parts: tuple[tuple[str, str | int], ...]


class Form(Frozen):
    """What raters of one role are to do; the order of the views is that of their ids: random.

    ``documents`` are the long texts, each with its name.
    """

    measurement: str
    role: str
    asks: str
    scales: tuple[Scale, ...]
    tasks: tuple[Task, ...]
    documents: tuple[tuple[str, str], ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """What is filled in for each task."""
        return (*(one.name for one in self.scales), *(() if self.scales else ("text",)))


class Filled(Frozen):
    """A row that somebody filled in, and where it stands."""

    rater: str
    role: str
    task: str
    rating: Rating
    place: str


class FilledForms(Frozen):
    """What people filled in, and the measurement that it belongs to."""

    measurement: str
    rows: tuple[Filled, ...] = Field(min_length=1)

    def raters(self) -> tuple["PersonRater", ...]:
        """One rater a name, in the order of names."""
        names = sorted({row.rater for row in self.rows})
        return tuple(
            PersonRater(name, [row for row in self.rows if row.rater == name]) for name in names
        )

    def check_tasks(self, known: Iterable[str]) -> None:
        """Refuse rows about something that is not judged here.

        Raises:
            InputError: the first such row.
        """
        ids = set(known)
        for row in self.rows:
            if row.task not in ids:
                raise InputError(
                    f"{row.place}: the task {row.task} is not one of {self.measurement}: read the "
                    "forms with the people, model and options with which they were written"
                )


class PersonRater:
    """Somebody who filled in forms."""

    def __init__(self, name: str, rows: Sequence[Filled]) -> None:
        roles = tuple(sorted({row.role for row in rows}))
        self.info = RaterInfo(name=name, kind="person", roles=roles)
        self._given = {row.task: row.rating for row in rows}

    async def rate(self, view: View) -> Rated:
        """What they filled in."""
        return self._given.get(view.id, Unrated(why=NOT_FILLED_IN))


def forms_of(measurement: str, views: Iterable[View]) -> tuple[Form, ...]:
    """A form for each role among the views, in the order in which the roles come."""
    roles: dict[str, dict[str, View]] = {}
    for view in views:
        roles.setdefault(view.role, {})[view.id] = view
    return tuple(_form(measurement, [seen[id_] for id_ in sorted(seen)]) for seen in roles.values())


def write_forms(forms: Sequence[Form], out: Path) -> list[Path]:
    """Write ``ROLE.csv`` and ``ROLE.html`` for each form into a folder, all or none; the paths.

    Long texts that a CSV refers to stand beside it as ``ROLE-1.txt`` and so on.

    Raises:
        StorageError: the files cannot be written.
    """
    files: dict[str, str] = {}
    for form in forms:
        files[f"{form.role}.csv"] = _as_csv(form)
        files[f"{form.role}.html"] = as_page(form)
        for number, (_, text) in enumerate(form.documents, start=1):
            files[f"{form.role}-{number}.txt"] = text + "\n"
    try:
        drafts = Drafts(out)
        for name, text in files.items():
            drafts.path(name).write_text(text, encoding="utf-8", newline="")
        return drafts.keep()
    except OSError as error:
        raise StorageError(f"cannot write the forms to {out}: {error.strerror}") from None


def as_page(form: Form) -> str:
    """The form as a page that stands alone."""
    return environment().get_template("form.html.j2").render(form=form)


def read_forms(paths: Sequence[Path], scales: Mapping[str, tuple[Scale, ...]]) -> FilledForms:
    """What people filled in, from CSV files and folders of them.

    ``scales`` of each role; a role without any asks for a text.

    Raises:
        InputError: a file is no such form, a number is out of its scale, a row names no rater, two
            rows of one rater differ, files are of several measurements, or nothing is filled in.
    """
    rows: dict[tuple[str, str], Filled] = {}
    measurements: dict[str, str] = {}
    for path in _files(paths):
        for measurement, row in _read(path, scales):
            measurements.setdefault(measurement, row.place)
            earlier = rows.setdefault((row.rater, row.task), row)
            if earlier.rating != row.rating:
                raise InputError(
                    f"{row.place}: {row.rater} rated {row.task} otherwise in {earlier.place}: "
                    "leave one of the two out"
                )
    if len(measurements) > 1:
        where = "; ".join(f"{name} in {place}" for name, place in measurements.items())
        raise InputError(f"the forms are of several measurements: {where}")
    if not rows:
        raise InputError("nothing is filled in: " + ", ".join(str(path) for path in paths))
    return FilledForms(measurement=next(iter(measurements)), rows=tuple(rows.values()))


def _form(measurement: str, views: Sequence[View]) -> Form:
    documents: list[tuple[str, str]] = []

    def shown(name: str, text: str) -> str | int:
        if len(text) < _LONG:
            return text
        if (name, text) not in documents:
            documents.append((name, text))
        return documents.index((name, text)) + 1

    tasks = tuple(
        Task(id=view.id, parts=tuple((name, shown(name, text)) for name, text in view.parts))
        for view in views
    )
    first = views[0]
    return Form(
        measurement=measurement,
        role=first.role,
        asks=first.asks,
        scales=first.scales,
        tasks=tasks,
        documents=tuple(documents),
    )


def _as_csv(form: Form) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    parts = [name for name, _ in form.tasks[0].parts]
    writer.writerow(["measurement", "role", "task", *parts, *form.fields, "comment", "rater"])
    for task in form.tasks:
        shown = [
            harmless(part) if isinstance(part, str) else f"see {form.role}-{part}.txt"
            for _, part in task.parts
        ]
        blank = [""] * (len(form.fields) + 2)
        writer.writerow([form.measurement, form.role, task.id, *shown, *blank])
    return text.getvalue()


def _files(paths: Sequence[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.glob("*.csv")) if path.is_dir() else [path]
        if not inside:
            raise InputError("there is no CSV file in this folder", path=path)
        found += inside
    return found


def _read(path: Path, scales: Mapping[str, tuple[Scale, ...]]) -> list[tuple[str, Filled]]:
    """The filled rows of a file with their measurement; a row without a rater has the one above."""
    table = _table(path)
    filled: list[tuple[str, Filled]] = []
    rater = ""
    for line, row in table:
        place = f"{path}, line {line}"
        rater = row["rater"].strip() or rater
        if row["role"] not in scales:
            known = ", ".join(scales)
            raise InputError(f"{place}: the role {row['role']!r} is none of {known}")
        rating = _rating(row, scales[row["role"]], place)
        if rating is None:
            continue
        if not rater:
            raise InputError(f"{place}: write the rater's name into the column rater")
        one = Filled(rater=rater, role=row["role"], task=row["task"], rating=rating, place=place)
        filled.append((row["measurement"], one))
    return filled


def _table(path: Path) -> list[tuple[int, dict[str, str]]]:
    """The rows with their line numbers, which end where the row ends."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", path=path) from None
    except UnicodeDecodeError:
        raise InputError("is no UTF-8 text: save it as CSV in UTF-8", path=path) from None
    head = text.split("\n", 1)[0]
    separator = ";" if head.count(";") > head.count(",") else ","
    try:
        reader = csv.DictReader(io.StringIO(text), delimiter=separator, restval="", strict=True)
        if missing := [name for name in _FIXED if name not in (reader.fieldnames or ())]:
            raise InputError(f"is no form: it has no column {', '.join(missing)}", path=path)
        rows = [
            (reader.line_num, {key: value for key, value in row.items() if key}) for row in reader
        ]
    except csv.Error as error:
        raise InputError(f"is no whole CSV ({error})", path=path) from None
    return rows


def _rating(row: Mapping[str, str], scales: tuple[Scale, ...], place: str) -> Rating | None:
    """What a row says; None where nothing is filled in."""
    comment = row.get("comment", "").strip()
    if not scales:
        text = row.get("text", "").strip()
        return Rating(text=text, reason=comment) if text else None
    given = {one.name: row.get(one.name, "").strip() for one in scales}
    if not any(given.values()):
        return None
    scores = {one.name: _number(given[one.name], one, place) for one in scales}
    return Rating(scores=scores, reason=comment)


def _number(text: str, scale: Scale, place: str) -> float:
    wanted = f"a number from {scale.low} to {scale.high}"
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        raise InputError(f"{place}: {scale.name} is {text!r}, not {wanted}") from None
    if not scale.low <= number <= scale.high:
        raise InputError(f"{place}: {scale.name} is {text}, not {wanted}")
    return number
