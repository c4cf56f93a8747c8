"""Rate: people judge what simulated people said, blind to what they may not see."""

import streamlit as st

from evaluation.raters.base import Rating, Scale
from evaluation.sections import said
from ui import widgets
from ui.desk import Desk, Task
from ui.state import errors_shown, workspace


def main() -> None:
    """Draw the page."""
    widgets.style()
    widgets.title("Rate", "Judge what simulated people said. You see only what your role may see.")
    with errors_shown():
        desk = _desk()
        if desk is None:
            st.caption(
                "Forms come from the terminal: `simulacra evaluate observer WHO --forms-out DIR`. "
                "What you rate here is kept after each task, and is read with `--forms-in`."
            )
            return
        given = desk.given()
        st.progress(len(given) / len(desk.tasks), f"{len(given)} of {len(desk.tasks)} rated")
        _agreement(desk)
        _task(desk, given)
        if given:
            st.download_button(
                "Your ratings as CSV", desk.file.read_bytes(), desk.file.name, "text/csv",
                icon=":material/download:", key="ratings",
            )  # fmt: skip


def _desk() -> Desk | None:
    """The form and the rater; None until both are there."""
    left, right = st.columns([1, 2])
    rater = left.text_input("Your name", key="rater", max_chars=80)
    files = right.file_uploader(
        "Form (ROLE.csv) and the texts beside it", type=["csv", "txt"],
        accept_multiple_files=True, max_upload_size=20, key="form",
    )  # fmt: skip
    if not files or not rater.strip():
        return None
    data = {one.name: one.getvalue() for one in files}
    return Desk(workspace().path / "ratings", rater, data)


def _agreement(desk: Desk) -> None:
    """How far raters agree so far."""
    found = desk.agreement()
    if found:
        widgets.facts(
            (f"agreement so far: {name}", f"{said(one)} (Krippendorff's alpha, interval)")
            for name, one in found.items()
        )


def _task(desk: Desk, given: dict[str, Rating]) -> None:
    """One task, the first that is open or the one that is chosen."""
    ids = [task.id for task in desk.tasks]
    following = next((id_ for id_ in ids if id_ not in given), ids[0])
    wanted = st.session_state.pop("next_task", None)
    if wanted in ids or st.session_state.get("task") not in ids:
        st.session_state["task"] = wanted if wanted in ids else following
    id_ = st.selectbox(
        "Task", ids, key="task",
        format_func=lambda one: f"{ids.index(one) + 1}{' (rated)' if one in given else ''}",
    )  # fmt: skip
    task = desk.tasks[ids.index(id_)]
    _shown(task)
    earlier = given.get(id_)
    with st.form(f"form {id_}"):
        rating = _asked(desk.scales, earlier, id_)
        if st.form_submit_button("Keep and go on", icon=":material/check:", type="primary"):
            desk.give(id_, rating)
            left = [one for one in ids if one not in given and one != id_]
            st.session_state["next_task"] = left[0] if left else id_
            st.rerun()


def _shown(task: Task) -> None:
    """What the rater sees."""
    for name, text in task.parts:
        widgets.passage(text, name)


def _asked(scales: tuple[Scale, ...], earlier: Rating | None, id_: str) -> Rating:
    """The fields of the form as a rating."""
    if not scales:
        text = st.text_area("In your words", earlier.text if earlier else "", key=f"text {id_}")
        return Rating(text=text.strip())
    scores: dict[str, float] = {}
    for one in scales:
        st.caption(f"{one.asks} ({one.low} to {one.high})")
        for number, what in one.anchors:
            st.caption(f"{number}: {what}")
        value = st.number_input(
            one.name, one.low, one.high, int(earlier.scores[one.name]) if earlier else None,
            key=f"{one.name} {id_}",
        )  # fmt: skip
        if value is not None:  # no number stands there before the rater wrote one
            scores[one.name] = float(value)
    comment = st.text_input("Comment", earlier.reason if earlier else "", key=f"comment {id_}")
    return Rating(scores=scores, reason=comment.strip())


main()
