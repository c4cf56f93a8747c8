"""Results: what was answered, by item and group, in words, and as files."""

import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import streamlit as st

from evaluation.answers import bounds, is_amount, level_of, scales_of
from simulacra.domain.run import RunSpec
from simulacra.domain.survey import Item, Kind
from simulacra.workspace import Workspace
from ui import widgets
from ui.breakdown import GROUPS, bases, grouped, in_words, shares
from ui.charts import mean_chart, share_chart
from ui.state import errors_shown, workspace

_TEXTS = (Kind.SHORT_TEXT, Kind.LONG_TEXT)
_PAGE = 25
_FORMATS = {
    "CSV": "csv", "Excel": "xlsx", "SPSS": "sav", "Stata": "dta", "Parquet": "parquet",
    "Psych-DS": "psychds", "load scripts": "scripts", "codebook": "codebook", "DDI": "ddi",
    "methods": "methods", "manifest": "manifest",
}  # fmt: skip


def main() -> None:
    """Draw the page."""
    widgets.style()
    with errors_shown():
        store = workspace()
        runs = {one.id: one for one in store.runs.list() if one.done}
        if not runs:
            widgets.title("Results", "Nothing was answered yet.")
            st.page_link("pages/study.py", label="Plan a study", icon=":material/science:")
            return
        run_id = _chosen(runs)
        spec = store.runs.spec(run_id)
        one = runs[run_id]
        widgets.title(
            one.name,
            f"Simulated people · {spec.way} on {spec.model} · {len(set(spec.personas)):,} "
            f"people · {one.done:,} of {one.cells:,} answers, {one.missing:,} missing",
        )
        tabs = st.tabs(["By item", "Crosstab", "Scales", "In words", "Compare", "Files"])
        draws = (_by_item, _crosstab, _scales, _words, _compare, _files)
        for tab, draw in zip(tabs, draws, strict=True):
            with tab:
                draw(store, run_id, spec)


def _chosen(runs: dict[str, Any]) -> str:
    """The run to look at: the one that another page asked for, else the newest."""
    wanted = st.session_state.pop("result_of", None)
    if wanted in runs:
        st.session_state["result_run"] = wanted
    return str(
        st.selectbox(
            "Run", list(runs), format_func=lambda id_: f"{runs[id_].name} · {id_}",
            key="result_run",
        )
    )  # fmt: skip


def _items(spec: RunSpec, fits: Any) -> dict[str, str]:
    """Items by id, with their wording."""
    return {
        item.id: f"{item.id}: {item.text[:120]}"
        for item in spec.instrument.answerable
        if fits(item)
    }


def _item(spec: RunSpec, item_id: str) -> Item:
    return next(item for item in spec.instrument.items if item.id == item_id)


def _by_item(store: Workspace, run_id: str, spec: RunSpec) -> None:
    """Shares or means of one item, by group."""
    names = _items(spec, lambda item: item.kind.closed or is_amount(item))
    if not names:
        st.caption("No item of this study has options or numbers.")
        return
    left, middle, right = st.columns([3, 1, 1], vertical_alignment="bottom")
    item = _item(spec, left.selectbox("Item", list(names), format_func=names.__getitem__, key="it"))
    by = middle.selectbox("By", list(GROUPS), format_func=lambda one: one or "everybody", key="by")
    people = store.results.people(run_id)
    weights = len({one.weight for one in people.values()}) > 1
    weighted = right.toggle("Weighted", weights, disabled=not weights, key="weighted")
    widgets.passage(item.text)
    answers = grouped(store.results.responses(run_id, item.id), people, by, weighted=weighted)
    found = bases(answers, item)
    if not found:
        st.caption("Nobody was asked this.")
        return
    if item.kind.closed:
        rows = shares(answers, item.options)
        share_chart(rows, [option.label for option in item.options], found)
        table = [{**row._asdict(), "share": round(row.share, 4)} for row in rows]
        _download(table, f"{run_id}_{item.id}.csv")
    if is_amount(item):
        mean_chart(found, bounds(item) if item.kind is Kind.RATING else None)
    st.dataframe(
        [
            {
                "group": one.group, "people": one.people, "answers": one.answers,
                "mean": one.mean, "from": one.low, "to": one.high,
                "missing": ", ".join(f"{n} {why.lower()}" for why, n in one.missing.items()),
            }
            for one in found
        ],
        hide_index=True,
    )  # fmt: skip
    st.caption(
        "Intervals are 95%: Wilson's for shares, Student's for means; people count, replicates of "
        "a person do not count as new people."
    )


def _download(rows: list[dict[str, Any]], name: str) -> None:
    """Rows as CSV, with texts that a spreadsheet would run made harmless."""
    import pandas as pd

    from simulacra.export.csv import harmless

    safe = [{key: harmless(value) for key, value in row.items()} for row in rows]
    data = pd.DataFrame(safe).to_csv(index=False)
    st.download_button("Table as CSV", data, name, "text/csv", icon=":material/download:", key=name)


def _crosstab(store: Workspace, run_id: str, spec: RunSpec) -> None:
    """Two closed items against each other: counts, and shares of each row."""
    names = _items(spec, lambda item: item.kind in (Kind.SINGLE, Kind.RATING))
    if len(names) < 2:
        st.caption("A crosstab needs two items with one choice each.")
        return
    left, right = st.columns(2)
    keys = list(names)
    first = left.selectbox("Rows", keys, format_func=names.__getitem__, key="rows")
    second = right.selectbox("Columns", keys, index=1, format_func=names.__getitem__, key="columns")
    told = {
        one.interview_id: in_words(one.response) for one in store.results.responses(run_id, first)
    }
    pairs: dict[tuple[str, str], int] = {}
    for one in store.results.responses(run_id, second):
        if one.interview_id in told:
            pair = told[one.interview_id], in_words(one.response)
            pairs[pair] = pairs.get(pair, 0) + 1
    rows = _labels(_item(spec, first), {one for one, _ in pairs})
    columns = _labels(_item(spec, second), {one for _, one in pairs})
    counts = [
        {"": label, **{name: pairs.get((row, column), 0) for column, name in columns.items()}}
        for row, label in rows.items()
    ]
    st.dataframe(counts, hide_index=True)
    st.caption(f"{sum(pairs.values()):,} interviews; missing answers stand in brackets.")
    _download(counts, f"{run_id}_{first}_{second}.csv")


def _labels(item: Item, found: set[str]) -> dict[str, str]:
    """What was answered, in the order of options, with their labels."""
    known = {one.code: f"{one.code} {one.label}" for one in item.options if one.code in found}
    return known | {one: one for one in sorted(found - set(known))}


def _scales(store: Workspace, run_id: str, spec: RunSpec) -> None:
    """Mean levels of the scales, by group."""
    scales = scales_of(item for item in spec.instrument.items if is_amount(item))
    if not scales:
        st.caption("The items of this instrument name no scales.")
        return
    people = store.results.people(run_id)
    rows = []
    for name, items in scales.items():
        told: dict[str, dict[str, Any]] = {}
        for item in items:
            for one in store.results.responses(run_id, item.id):
                told.setdefault(one.interview_id, {"given": one})[item.id] = one.response
        levels: dict[Any, list[float]] = {}
        for responses in told.values():
            who = responses.pop("given").persona
            level = level_of(items, responses)
            if level is not None:
                levels.setdefault(who, []).append(level)
        means = [sum(some) / len(some) for some in levels.values()]
        rows.append(
            {
                "scale": name,
                "items": len(items),
                "people": len(means),
                "mean": sum(means) / len(means) if means else None,
                "lowest": min(means, default=None),
                "highest": max(means, default=None),
            }
        )
    st.dataframe(rows, hide_index=True)
    st.caption(
        f"Means over {len(people):,} people, reversed items turned round; alpha, omega and more: "
        f"`simulacra evaluate psychometrics {run_id}`"
    )
    _download(rows, f"{run_id}_scales.csv")


def _words(store: Workspace, run_id: str, spec: RunSpec) -> None:
    """Open answers, searched, with the person behind each."""
    names = _items(spec, lambda item: item.kind in _TEXTS)
    if not names:
        st.caption("No item of this study is answered in words.")
        return
    left, right = st.columns([2, 1])
    item = left.selectbox("Open item", list(names), format_func=names.__getitem__, key="open")
    search = right.text_input("Search", key="search").strip()
    number = store.results.number(run_id, item, containing=search)
    pages = max(1, -(-number // _PAGE))
    page = st.number_input("Page", 1, pages, 1, key="page") if pages > 1 else 1
    people = store.results.people(run_id)
    st.caption(f"{number:,} answers")
    start = (int(page) - 1) * _PAGE
    some = store.results.responses(run_id, item, containing=search, most=_PAGE, start=start)
    for one in some:
        widgets.quoted(
            in_words(one.response),
            people[one.persona].name,
            f"{one.condition or 'no condition'}, replicate {one.replicate}",
        )


def _compare(store: Workspace, run_id: str, spec: RunSpec) -> None:
    """This run beside another of the same items."""
    from evaluation.comparison.runs import compare_runs
    from evaluation.comparison.section import section_of

    items = {item.id for item in spec.instrument.answerable}
    others = {
        one.id: f"{one.name} · {one.id}"
        for one in store.runs.list()[:100]
        if one.done and one.id != run_id
        and items & {item.id for item in store.runs.spec(one.id).instrument.answerable}
    }  # fmt: skip
    if not others:
        st.caption("No other run has items of this one.")
        return
    other = st.selectbox("Beside", list(others), format_func=others.__getitem__, key="other")
    if st.button("Compare", icon=":material/compare_arrows:", key="compare"):
        widgets.section(section_of(compare_runs(store, [run_id, other])))


def _files(store: Workspace, run_id: str, spec: RunSpec) -> None:
    """Every export format, as one archive."""
    chosen = st.multiselect("Formats", list(_FORMATS), list(_FORMATS), key="formats")
    if not st.button("Make the files", icon=":material/folder_zip:", key="make"):
        return
    with tempfile.TemporaryDirectory() as folder, st.spinner("Writing"):
        files = store.export(run_id, Path(folder), [_FORMATS[one] for one in chosen])
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in files:
                archive.write(file, file.relative_to(folder))
    st.download_button(
        "Download", packed.getvalue(), f"{spec.name}.zip", "application/zip",
        icon=":material/download:", key="archive",
    )  # fmt: skip


main()
