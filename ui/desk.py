"""A desk for human raters: the tasks of a form, what one rater gave, and how raters agree so far.

What a rater gives is kept after every task, in ``ratings/MEASUREMENT`` of the workspace, as the
same CSV that the observer report reads.
"""

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from evaluation.observer.study import ROLES
from evaluation.raters.base import Rating, Scale
from evaluation.raters.forms import read_forms
from evaluation.sections import Estimate
from evaluation.statistics.agreement import krippendorff
from simulacra.errors import InputError, StorageError
from ui.shelf import plain_name

_FIXED = ("measurement", "role", "task")
_LONG = re.compile(r"see ([a-z]+-\d+\.txt)")


class Task(NamedTuple):
    """One thing to judge: what the rater sees, by name."""

    id: str
    parts: tuple[tuple[str, str], ...]


class Desk:
    """The form of one role, as one rater fills it in."""

    def __init__(self, folder: Path, rater: str, files: dict[str, bytes]) -> None:
        """``files`` are the form (``ROLE.csv``) and the long texts that it names, by file name.

        Raises:
            InputError: there is no form among them, several, or a text is missing.
        """
        texts = {name: _decoded(name, data) for name, data in files.items()}
        forms = [name for name in texts if name.lower().endswith(".csv")]
        if len(forms) != 1:
            raise InputError("give one form (ROLE.csv) and the texts (.txt) that lie beside it")
        rows = _rows(forms[0], texts[forms[0]])
        self.measurement, self.role = rows[0]["measurement"], rows[0]["role"]
        if self.role not in ROLES:
            raise InputError(f"{forms[0]}: the role {self.role!r} is none of {', '.join(ROLES)}")
        self.rater = rater.strip()
        if not self.rater:
            raise InputError("say your name, so that your ratings can be told from others'")
        self.scales: tuple[Scale, ...] = ROLES[self.role]
        fields = {*_FIXED, *(one.name for one in self.scales), "text", "comment", "rater"}
        self.tasks = [
            Task(
                row["task"],
                tuple((name, _whole(text, texts)) for name, text in row.items()
                      if name not in fields),
            )
            for row in rows
        ]  # fmt: skip
        self._folder = folder / plain_name(self.measurement)

    @property
    def file(self) -> Path:
        """Where this rater's ratings are kept."""
        return self._folder / f"{self.role}-{plain_name(self.rater)}.csv"

    def given(self) -> dict[str, Rating]:
        """What this rater gave so far, by task.

        Raises:
            InputError: the file was changed by hand and can no longer be read.
        """
        if not self.file.is_file():
            return {}
        return {row.task: row.rating for row in read_forms([self.file], ROLES).rows}

    def give(self, task: str, rating: Rating) -> None:
        """Keep a rating, in place of an earlier one of the same task.

        Raises:
            InputError: a number or the text is not there.
            StorageError: it cannot be written.
        """
        if missing := [one.name for one in self.scales if one.name not in rating.scores]:
            raise InputError(f"fill in {', '.join(missing)}, or go on to another task")
        if not self.scales and not rating.text:
            raise InputError("write something, or go on to another task")
        kept = {**self.given(), task: rating}
        names = [one.name for one in self.scales] or ["text"]
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([*_FIXED, *names, "comment", "rater"])
        for id_, one in kept.items():
            values = [f"{one.scores[name]:g}" for name in one.scores] if self.scales else [one.text]
            writer.writerow([self.measurement, self.role, id_, *values, one.reason, self.rater])
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            draft = self.file.with_name(f".{self.file.name}.part")
            draft.write_text(text.getvalue(), encoding="utf-8", newline="")
            draft.replace(self.file)
        except OSError as error:
            raise StorageError(f"{self.file} cannot be written: {error.strerror}") from None

    def agreement(self) -> dict[str, Estimate]:
        """Krippendorff's alpha (interval) of all raters of this role so far, by scale."""
        files = sorted(self._folder.glob(f"{self.role}-*.csv"))
        if len(files) < 2 or not self.scales:
            return {}
        rows = read_forms(files, ROLES).rows
        raters = sorted({row.rater for row in rows})
        tasks = sorted({row.task for row in rows})
        found: dict[str, Estimate] = {}
        for scale in self.scales:
            table = np.full((len(tasks), len(raters)), np.nan)
            for row in rows:
                value = row.rating.scores[scale.name]
                table[tasks.index(row.task), raters.index(row.rater)] = value
            found[scale.name] = krippendorff(table, "interval", seed=0)
        return found


def _decoded(name: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{name} is no UTF-8 text") from None


def _rows(name: str, text: str) -> Sequence[dict[str, str]]:
    try:
        rows = [{key: value or "" for key, value in row.items() if key}
                for row in csv.DictReader(io.StringIO(text), strict=True)]  # fmt: skip
    except csv.Error as error:
        raise InputError(f"{name} is no whole CSV ({error})") from None
    if not rows or any(one not in rows[0] for one in _FIXED):
        raise InputError(f"{name} is no form: it needs the columns {', '.join(_FIXED)}")
    return rows


def _whole(text: str, texts: dict[str, str]) -> str:
    found = _LONG.fullmatch(text)
    if found is None:
        return text
    if found[1] not in texts:
        raise InputError(f"the form refers to {found[1]}: give that file, too")
    return texts[found[1]].strip()
