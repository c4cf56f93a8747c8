"""JSON files: a SurveyJS survey, or an instrument in our own format; the content decides."""

import json
from pathlib import Path

from simulacra.domain.survey import Instrument
from simulacra.errors import InputError
from simulacra.survey.formats.native import read_native
from simulacra.survey.formats.surveyjs.reading import is_surveyjs, read_surveyjs
from simulacra.survey.report import ReportEntry


def read_document(path: Path) -> tuple[Instrument, list[ReportEntry], dict[str, int]]:
    """Instrument, report and line of each item (none of a SurveyJS survey)."""
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, OSError):
        return read_native(path)  # it says what is wrong, and where
    except RecursionError as error:
        raise InputError("the file is nested too deeply", path=path) from error
    return read_surveyjs(data, path) if is_surveyjs(data) else read_native(path)
