"""Study: plan a run, see what it takes, start it, and watch it."""

from typing import Any

import streamlit as st

from simulacra.domain.design import Design
from simulacra.domain.run import AGENTS, METHODS, MODES, RunStatus, RunSummary
from simulacra.domain.survey import Instrument, Kind
from simulacra.errors import InputError
from simulacra.runs.progress import Watch
from simulacra.workspace import Workspace
from ui import widgets
from ui.breakdown import in_words
from ui.cli.conduct import clock
from ui.cli.designs import balance_table, check_fields, design_of
from ui.cli.run import checked_name, suitable
from ui.jobs import last_words, start
from ui.shelf import Shelf
from ui.state import background, errors_shown, workspace

GROUPS = {"library": "the library", "sample": "everybody drawn", "all": "everybody"}
_RUNS_SHOWN = 30
_LOOKED_THROUGH = 50_000  # answers of a run in which the newest are still found at once


def main() -> None:
    """Draw the page."""
    widgets.style()
    widgets.title("Study", "Choose who is asked what and how, see what it takes, then start it.")
    with errors_shown():
        store = workspace()
        plan, watch = st.columns([3, 2], gap="large")
        with plan:
            _planner(store)
        with watch:
            _watched(store)


def _planner(store: Workspace) -> None:
    """The form of a new study."""
    shelf = Shelf(store)
    names = list(shelf.names())
    wanted = st.session_state.pop("study_of", None)
    if wanted in names:
        st.session_state["instrument"] = wanted
    name = st.selectbox("Instrument", names, key="instrument")
    instrument = shelf.read(name).instrument
    st.caption(f"{instrument.questions} questions")
    people = _people(store)
    left, right = st.columns(2)
    method = left.selectbox("Method", list(reversed(METHODS)), key="study_method")
    model = right.text_input(
        "Model", store.settings.model, key="study_model",
        help="embedded, openai:NAME, scripted:FILE or behavioural",
    )  # fmt: skip
    replicates = left.number_input("Replicates", 1, 1000, 1, key="replicates")
    seed = right.number_input("Seed", 0, 2**53 - 1, 0, key="seed")
    choices: dict[str, Any] = {"method": method, "replicates": int(replicates), "seed": int(seed)}
    with st.expander("More choices"):
        choices |= _more(method)
        design = _design(instrument)
    study = st.text_input("Name of the study", name, key=f"study of {name}")
    estimate, go = st.columns(2)
    ask = estimate.button("Estimate", icon=":material/calculate:", width="stretch")
    begin = go.button("Start", icon=":material/play_arrow:", type="primary", width="stretch")
    if not (ask or begin):
        return
    if not people:
        raise InputError("choose at least one person")
    check_fields(design, instrument)
    choices |= {"name": checked_name(study), "model": model or None, "design": design}
    choices["concurrency"] = suitable(store, model or store.settings.model)
    who = store.personas.select(people)
    if ask:
        _estimate(store, store.spec(instrument, who, **choices))
        return
    run_id = store.plan(instrument, who, **choices)
    start(store, run_id)
    st.session_state["watched"] = run_id


def _people(store: Workspace) -> str:
    """Who is asked: a group, or people by name."""
    everybody = store.personas.list()
    names = {one.id: one.name for one in everybody}
    sources = {one.source for one in everybody}
    groups = [one for one in GROUPS if one == "all" or one in sources]
    group = st.selectbox(
        "People", [*groups, "chosen"], format_func=lambda one: GROUPS.get(one, "people by name"),
        key="group",
    )  # fmt: skip
    if group != "chosen":
        number = len(everybody) if group == "all" else sum(o.source == group for o in everybody)
        st.caption(f"{number:,} people")
        return str(group)
    chosen = st.multiselect("Who", list(names), format_func=names.__getitem__, key="who")
    return ",".join(chosen)


def _more(method: str) -> dict[str, Any]:
    """Choices that most studies leave as they are."""
    more: dict[str, Any] = {}
    if method == "cognitive":
        more["mode"] = st.selectbox(
            "Mode", MODES, key="mode", help="full: agents side by side; fused: one call"
        )
        more["without"] = tuple(st.multiselect("Agents switched off", AGENTS, key="without"))
    temperature = st.number_input(
        "Temperature", 0.0, 2.0, None, step=0.1, key="temperature", help="empty: the model's own"
    )
    cost = st.number_input("Budget in US dollars", 0.0, None, None, key="cost", help="empty: none")
    more["earlier_visible"] = st.toggle("Earlier answers stay visible", True, key="visible")
    return more | {"temperature": temperature, "max_cost": cost}


def _design(instrument: Instrument) -> Design:
    """Conditions from the fields of the instrument, or from models."""
    fields = [item.id for item in instrument.items if item.kind is Kind.FIELD]
    factor = st.selectbox("Conditions by", ["none", "model", *fields], key="factor")
    if factor == "none":
        return Design()
    levels = st.text_input("Its levels, with commas", key="levels")
    within = st.toggle("Everybody is asked under each", key="within")
    if not levels.strip():
        return Design()
    return design_of(None, [f"{factor}={levels}"], [], within=within)


def _estimate(store: Workspace, spec: Any) -> None:
    """What the study would take."""
    size = background().run(store.forecast(spec))
    widgets.facts([
        ("interviews", f"{size.interviews:,}"),
        ("answers", f"{size.cells:,}"),
        ("model calls", f"about {size.calls:,}"),
        ("tokens", f"{size.tokens_in:,} in ({size.tokens_cached:,} cached), {size.tokens_out:,} "
                   "out"),
        ("cost", f"${size.cost:.4f}"),
        ("time", clock(size.seconds)),
    ])  # fmt: skip
    if rows := balance_table(store, spec):
        st.caption("Who falls into which condition: means and shares, largest difference in sd")
        st.dataframe(
            [{"": row["name"], **_values(row), "difference": row["difference"]} for row in rows],
            hide_index=True,
        )


def _values(row: dict[str, Any]) -> dict[str, float]:
    return {str(name): round(value, 2) for name, value in row["values"].items()}


def _watched(store: Workspace) -> None:
    """The newest runs and the one that is looked at, live."""
    runs = store.runs.list()[:_RUNS_SHOWN]
    if not runs:
        st.caption("No study yet.")
        return
    labels = {one.id: f"{one.name} · {one.id}" for one in runs}
    wanted = st.session_state.pop("watched", None)
    if wanted in labels:  # just started, or chosen on another page
        st.session_state["run"] = wanted
    run_id = st.selectbox("Run", list(labels), format_func=labels.__getitem__, key="run")
    running = store.runs.summary(run_id).status in (RunStatus.RUNNING, RunStatus.PLANNED)
    st.fragment(_live, run_every=2 if running else None)(store, run_id)


def _live(store: Workspace, run_id: str) -> None:
    """One run as it stands, with what can be done to it."""
    with errors_shown():
        summary = store.runs.summary(run_id)
        watches: dict[str, Watch] = st.session_state.setdefault("watches", {})
        look = watches.setdefault(run_id, Watch(store.runs, run_id)).look()
        share = summary.done / summary.cells if summary.cells else 1.0
        st.progress(share, f"{summary.done:,} of {summary.cells:,} answers")
        rows = [
            ("status", summary.status.value),
            ("missing", f"{summary.missing:,} ({summary.failed:,} failed technically)"),
            ("calls and tokens", f"{summary.calls:,}, {summary.tokens:,}"),
            ("cost", f"${summary.cost:.4f}"),
        ]
        if summary.status is RunStatus.RUNNING:
            left = clock(look.seconds_left) if look.seconds_left is not None else "not known yet"
            rows += [("rate", f"{look.rate:.1f} answers a second"), ("time left", left)]
        if summary.note:
            rows.append(("note", summary.note))
        widgets.facts(rows)
        _controls(store, summary)
        if summary.status is RunStatus.FAILED and (words := last_words(store, run_id)):
            widgets.failure(words)
        _latest(store, summary)


def _controls(store: Workspace, summary: RunSummary) -> None:
    """Pause, continue, cancel; and the way to the results."""
    first, second, third = st.columns(3)
    over = summary.status in (RunStatus.DONE, RunStatus.CANCELLED)
    if summary.status is RunStatus.RUNNING:
        if first.button("Pause", icon=":material/pause:", key="pause", width="stretch"):
            store.pause(summary.id)
            st.rerun()
    elif not over and first.button(
        "Continue", icon=":material/play_arrow:", key="continue", width="stretch"
    ):
        start(store, summary.id)
        st.rerun()
    if not over and second.button("Cancel", icon=":material/stop:", key="cancel", width="stretch"):
        store.cancel(summary.id)
        st.rerun()
    if third.button("Results", icon=":material/bar_chart:", key="results", width="stretch"):
        st.session_state["result_of"] = summary.id
        st.switch_page("pages/results.py")


def _latest(store: Workspace, summary: RunSummary) -> None:
    """The last answers, and what went wrong by reason."""
    if 0 < summary.done <= _LOOKED_THROUGH:
        rows = store.results.newest(summary.id, 8)
        st.dataframe(
            {
                "person": [one.persona_id for one in rows],
                "item": [one.item_id for one in rows],
                "answer": [in_words(one.response) for one in rows],
            },
            hide_index=True,
        )
    failures = store.runs.failures(summary.id, 20)
    if failures.missing:
        counts = {code.label: number for code, number in failures.missing.items()}
        st.dataframe({"missing": list(counts), "answers": list(counts.values())}, hide_index=True)
    if failures.reasons:
        reasons = failures.reasons
        st.dataframe({"failure": list(reasons), "times": list(reasons.values())}, hide_index=True)


main()
