"""Surveys: bring an instrument in, read what its reader says, look at it, edit its items."""

import tempfile
from pathlib import Path
from typing import Any

import streamlit as st

from simulacra.domain.survey import Instrument, Item, Kind, Option
from simulacra.errors import InputError
from simulacra.survey.formats import WRITERS, write_instrument
from simulacra.survey.report import ReportEntry
from ui import widgets
from ui.shelf import ENDINGS, Shelf, plain_name, read
from ui.state import errors_shown, workspace

_MOST_MB = 20


def main() -> None:
    """Draw the page."""
    widgets.style()
    widgets.title("Surveys", "Instruments with their logic, from any of the formats you work with.")
    with errors_shown():
        shelf = Shelf(workspace())
        _bring_in(shelf)
        names = list(shelf.names())
        wanted = st.session_state.pop("survey_kept", None)
        if wanted in names:
            st.session_state["survey"] = wanted
        left, right = st.columns([3, 1], vertical_alignment="bottom")
        name = left.selectbox(
            "Instrument", names, key="survey",
            format_func=lambda one: one if shelf.is_own(one) else f"{one} (ships with Simulacra)",
        )  # fmt: skip
        if right.button("Ask people", icon=":material/science:", type="primary", width="stretch"):
            st.session_state["study_of"] = name
            st.switch_page("pages/study.py")
        found = shelf.read(name)
        _instrument(shelf, name, found.instrument, found.report)


def _bring_in(shelf: Shelf) -> None:
    """A file of any format becomes an instrument of the workspace."""
    file = st.file_uploader(
        "Bring in a survey: Qualtrics QSF, XLSForm, SurveyJS, LimeSurvey LSS, a table or our own",
        type=ENDINGS, max_upload_size=_MOST_MB, key="file",
    )  # fmt: skip
    if file is None or st.session_state.get("brought") == file.file_id:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{plain_name(Path(file.name).stem)}{Path(file.name).suffix.lower()}"
        path.write_bytes(file.getvalue())
        try:
            instrument, report = read(path)
        except InputError as error:
            # The path is that of a copy; what is wrong in the file is what counts.
            raise InputError(f"{file.name} cannot be read: {_without(str(error), path)}") from None
    name = shelf.keep(path.stem, instrument, report)
    st.session_state.update(brought=file.file_id, survey_kept=name)


def _without(text: str, path: Path) -> str:
    return text.replace(str(path), "").lstrip(":, ")


def _instrument(shelf: Shelf, name: str, instrument: Instrument, report: list[ReportEntry]) -> None:
    """One instrument, in tabs."""
    widgets.facts([
        ("title", instrument.title or instrument.id),
        ("questions", f"{instrument.questions:,}"),
        ("blocks", f"{len(instrument.all_blocks):,}"),
        ("language", instrument.language),
        ("notes of the reader", f"{len(report):,}"),
    ])  # fmt: skip
    tabs = st.tabs(["As shown", "Edit items", "Reader's report", "Files"])
    with tabs[0]:
        _shown(instrument)
    with tabs[1]:
        _edited(shelf, name, instrument, report)
    with tabs[2]:
        _report(report)
    with tabs[3]:
        _files(name, instrument)


def _shown(instrument: Instrument) -> None:
    """The items as a respondent meets them, each with the logic that leads to it."""
    if instrument.instructions:
        widgets.passage(instrument.instructions)
    for block in instrument.all_blocks:
        if len(instrument.all_blocks) > 1:
            st.html(widgets.heading(f"Block {block.id}"))
        ids = {one for page in block.pages for one in page}
        for item in instrument.items:
            if item.id in ids:
                st.html(_item(item))
    fields = [item.id for item in instrument.items if item.kind is Kind.FIELD]
    if fields:
        widgets.facts([("set by the survey", ", ".join(fields))])


def _item(item: Item) -> str:
    """An item as HTML: wording, what can be answered, and when it is asked."""
    lines = [widgets.quiet(f"{item.id} · {item.kind.value}")]
    lines.append(widgets.speech(item.text or item.stem))
    if item.rows:
        lines.append(widgets.bullets([row.label for row in item.rows]))
    if item.options:
        lines.append(widgets.choices([_option(one) for one in item.options]))
    lines += [widgets.quiet(line) for line in _rules(item)]
    return f'<div class="item">{"".join(lines)}</div>'


def _option(option: Option) -> str:
    marks = [
        mark
        for mark, there in (
            ("with text", option.text_entry),
            ("alone", option.exclusive),
            ("missing", option.missing is not None),
            (f"if {option.condition}", bool(option.condition)),
        )
        if there
    ]
    return f"{option.label} ({', '.join(marks)})" if marks else option.label


def _rules(item: Item) -> list[str]:
    """What holds for an item, a line each."""
    rules = [f"asked if {item.condition}"] if item.condition else []
    rules += [f"if {skip.condition}, go on at {skip.to}" for skip in item.skips]
    if item.constraint:
        rules.append(f"must meet {item.constraint}")
    if item.minimum is not None or item.maximum is not None:
        rules.append(f"from {_end(item.minimum)} to {_end(item.maximum)}")
    if item.shuffle or item.shuffle_rows:
        rules.append("in random order")
    if item.scale:
        rules.append(f"scale {item.scale}{', reversed' if item.reverse else ''}")
    return rules


def _end(value: float | None) -> str:
    return "any" if value is None else f"{value:g}"


def _edited(shelf: Shelf, name: str, instrument: Instrument, report: list[ReportEntry]) -> None:
    """Wording, scale and direction of the items in a table; saved under a name."""
    st.caption("Wording, scale, direction and whether an answer is needed; logic stays as it is.")
    rows = [
        {
            "id": item.id,
            "text": item.text,
            "scale": item.scale or "",
            "reverse": item.reverse,
            "required": item.required,
            "options": " | ".join(f"{one.code}={one.label}" for one in item.options),
        }
        for item in instrument.items
    ]
    edited: Any = st.data_editor(
        rows, hide_index=True, disabled=["id"], key=f"items of {name}", width="stretch",
    )  # fmt: skip
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    own = shelf.is_own(name)
    into = left.text_input("Name", name if own else f"{name}_edited", key=f"into {name}")
    if right.button("Save", icon=":material/save:", width="stretch", key="save"):
        changed = tuple(
            _change(item, row) for item, row in zip(instrument.items, edited, strict=True)
        )
        whole = Instrument.model_validate({**instrument.model_dump(), "items": changed})
        st.session_state["survey_kept"] = shelf.keep(into, whole, report)
        st.rerun()


def _change(item: Item, row: dict[str, Any]) -> dict[str, Any]:
    """An item with what the table says of it."""
    labels = _labels(item, str(row["options"] or ""))
    options = [{**one.model_dump(), "label": labels[one.code]} for one in item.options]
    return {
        **item.model_dump(),
        "text": str(row["text"] or ""),
        "scale": str(row["scale"] or "").strip() or None,
        "reverse": bool(row["reverse"]),
        "required": bool(row["required"]),
        "options": options,
    }


def _labels(item: Item, text: str) -> dict[str, str]:
    """The labels of the options by code.

    Raises:
        InputError: a code is missing, new, or there twice: answers would lose their meaning.
    """
    pairs = [part.strip().partition("=") for part in text.split(" | ") if part.strip()]
    labels = {code.strip(): label.strip() for code, _, label in pairs}
    codes = [one.code for one in item.options]
    if list(labels) != codes or len(pairs) != len(codes):
        raise InputError(
            f"the options of {item.id} must keep their codes: {', '.join(codes) or 'none'}, "
            "written code=label and set apart by |"
        )
    return labels


def _report(report: list[ReportEntry]) -> None:
    """Everything that could not be mapped, or that would surprise."""
    if not report:
        st.caption("Everything in the file is mapped, and the checks found nothing.")
        return
    columns = ("question", "what", "why")
    st.dataframe(
        {name: [getattr(entry, name) for entry in report] for name in columns}, hide_index=True
    )


def _files(name: str, instrument: Instrument) -> None:
    """The instrument in another format, with what that cannot hold."""
    format_ = st.selectbox("Format", list(WRITERS), key="format")
    ending = WRITERS[format_][0][0]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{plain_name(name)}{ending}"
        lost = write_instrument(instrument, path, format_)
        data = path.read_bytes()
    st.download_button("Download", data, path.name, icon=":material/download:", key="download")
    if lost:
        st.caption("This format cannot hold all of it:")
        _report(lost)


main()
