"""Pieces of a page. Texts of people, files and models pass through ``html.escape`` here.

Streamlit reads most labels and bodies as Markdown, where a text could load an image or pose as a
link; so such texts are shown as escaped HTML, in which they are nothing but text.
"""

import re
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

import streamlit as st

from evaluation.sections import Section, said
from simulacra.cognition.shown import SHOWN, Shown, shown_of
from simulacra.domain.answer import Reply
from simulacra.domain.call import Call
from simulacra.domain.emotion import EmotionalState
from simulacra.domain.memory import Memory, Recalled
from simulacra.domain.persona import Persona

STYLE = Path(__file__).parent / "assets" / "style.css"


def style() -> None:
    """The app's own styles; colours follow the theme."""
    st.html(f"<style>{STYLE.read_text(encoding='utf-8')}</style>")


def title(name: str, line: str = "") -> None:
    """A page's heading with a line under it."""
    below = f'<p class="quiet">{escape(line)}</p>' if line else ""
    st.html(f'<div class="title"><h1>{escape(name)}</h1>{below}</div>')


def failure(text: str) -> None:
    """What went wrong, in one sentence."""
    st.html(f'<div class="failure" role="alert">{escape(text)}</div>')


def prose(text: str) -> str:
    """Paragraphs of a text as HTML."""
    parts = [part.strip() for part in text.split("\n\n") if part.strip()]
    return "".join(f"<p>{escape(part)}</p>" for part in parts)


def passage(text: str, name: str = "") -> None:
    """A text to read, in a column of readable width, with a heading where it has a name."""
    head = _section(name, "") if name else ""
    st.html(f'{head}<div class="prose">{prose(text)}</div>')


def speech(text: str) -> str:
    """What somebody says, line breaks kept."""
    return f'<div class="speech">{escape(text)}</div>'


def heading(name: str) -> str:
    """A small heading."""
    return _section(name, "")


def quiet(text: str) -> str:
    """A line that stays in the background."""
    return f'<p class="quiet">{escape(text)}</p>'


def bullets(lines: Iterable[str]) -> str:
    """A list of rows."""
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"


def choices(labels: Iterable[str]) -> str:
    """Options as a respondent sees them."""
    rows = "".join(f'<li><span aria-hidden="true">○</span> {escape(one)}</li>' for one in labels)
    return f'<ul class="choices">{rows}</ul>'


def quoted(text: str, who: str, line: str) -> None:
    """What somebody said, with who that is."""
    st.html(
        f'<figure class="quoted">{speech(text)}'
        f'<figcaption class="quiet">{escape(who)} · {escape(line)}</figcaption></figure>'
    )


_DARK = {"soft": "#a3acb6", "rule": "#343a42", "paper": "#15181c", "blue": "#56b4e9",
         "vermillion": "#f08a3c", "green": "#2fbf95"}  # fmt: skip


def coloured(svg: str) -> str:
    """A drawing in the colours of the theme: as a picture it cannot take them from the page."""
    dark = st.context.theme.type == "dark"
    drawn = re.sub(
        r"var\(--([a-z]+), (#[0-9a-f]{6})\)",
        lambda found: _DARK.get(found[1], found[2]) if dark else found[2],
        svg,
    )
    drawn = drawn.replace("currentColor", "#e6e8eb" if dark else "#1b1e22")
    return drawn.replace("<svg ", '<svg style="font-family: sans-serif" ', 1)


def section(found: Section) -> None:
    """An evaluation: warnings, findings, drawings, tables, limits."""
    for warning in found.warnings:
        failure(warning)
    for finding in found.findings:
        st.html(f'<p class="finding">{escape(finding)}</p>')
    facts([("question", found.question), ("method", found.method), ("sample", found.sample)])
    for drawing in found.drawings:
        st.html(f"{_section(drawing.title, '')}<p class='quiet'>{escape(drawing.base)}</p>")
        st.image(coloured(drawing.svg), width="content" if drawing.wide else 460)
    for table in found.tables:
        st.html(_section(table.title, ""))
        rows = [[said(cell) for cell in row] for row in table.rows]
        columns = {name: [row[at] for row in rows] for at, name in enumerate(table.columns)}
        st.dataframe(columns, hide_index=True)
        if table.note:
            st.html(f'<p class="quiet">{escape(table.note)}</p>')
    for limit in found.limits:
        st.html(f'<p class="quiet">{escape(limit)}</p>')


def facts(rows: Iterable[tuple[str, str]]) -> None:
    """Names and values side by side."""
    cells = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows)
    st.html(f'<dl class="facts">{cells}</dl>')


def ranking(title: str, names: Sequence[str], words: dict[str, str]) -> None:
    """Names from strongest to weakest, with bars that shorten."""
    rows = "".join(
        f'<li><b>{escape(name)}</b><span class="bar" style="width:{(len(names) - place) * 12}%">'
        f"</span><span class='quiet'>{escape(words.get(name, ''))}</span></li>"
        for place, name in enumerate(names)
    )
    st.html(_section(title, f'<ol class="ranking">{rows}</ol>'))


def timeline(person: Persona) -> None:
    """The life as a line of episodes; a click opens the passage."""
    rows = []
    for episode in person.episodes:
        text = person.text_of(episode.span)
        name = episode.title or _opening(text)
        age = f"age {episode.age}" if episode.age is not None else ""
        rows.append(
            f'<li><div class="when">{escape(episode.when or "")}<span>{age}</span></div>'
            f"<details><summary>{escape(name)}</summary>{prose(text)}</details></li>"
        )
    st.html(f'<ol class="timeline">{"".join(rows)}</ol>')


def _opening(text: str, words: int = 12) -> str:
    """The first words of a text."""
    parts = text.split()
    return " ".join(parts[:words]) + (" …" if len(parts) > words else "")


def memories(found: Iterable[Memory]) -> None:
    """Memories as lines that open."""
    st.html("".join(_memory(memory) for memory in found))


def _memory(memory: Memory, mark: str = "", notes: Sequence[str] = ()) -> str:
    """One memory as HTML; ``mark`` is HTML at the line's end, ``notes`` stand under the texts."""
    when = f'<span class="when">{escape(memory.when)}</span>' if memory.when else ""
    named = [("", memory.content), ("Thought", memory.thought), ("Feeling", memory.feeling)]
    body = "".join(
        f"<p>{f'<b>{name}</b> ' if name else ''}{escape(text)}</p>" for name, text in named if text
    )
    tags = [memory.id, *(f"{name} {level}" for name, level in memory.emotions.items())]
    if memory.importance is not None:
        tags.append(f"importance {memory.importance} of 10")
    below = "".join(f'<p class="quiet">{escape(note)}</p>' for note in (" · ".join(tags), *notes))
    return (
        f'<details class="memory"><summary>{when}'
        f"<span class='gist'>{escape(memory.summary or _opening(memory.content))}</span>{mark}"
        f"</summary>{body}{below}</details>"
    )


def why(reply: Reply) -> None:
    """How a reply came about: memories with scores, feeling, plan, calls with their prompts."""
    parts = []
    if reply.recalled:
        best = max(one.score for one in reply.recalled)
        shown = shown_of(reply)
        lines = "".join(_recalled(one, best, shown[one.memory.id]) for one in reply.recalled)
        parts.append(_section("What came to mind", lines))
    if reply.emotion:
        parts.append(_section("Feeling", _feeling(reply.emotion)))
    if reply.plan:
        parts.append(_section("Plan", speech(str(reply.plan))))
    if not parts:
        parts.append('<p class="quiet">This method replies in one step: no feeling, no plan.</p>')
    parts.append(_section("Calls to the model", "".join(_call(call) for call in reply.calls)))
    st.html("".join(parts))


def _section(name: str, body: str) -> str:
    """HTML under a small heading."""
    return f'<h3 class="small">{escape(name)}</h3>{body}'


def _recalled(one: Recalled, best: float, shown: Shown) -> str:
    """A memory with its score, as a bar beside the best one's and as a number."""
    width = round(100 * one.score / best) if best > 0 else 0
    mark = (
        f'<span class="score"><i style="width:{width}%"></i></span>'
        f'<span class="number">{one.score:.4f}</span>'
    )
    parts = ", ".join(f"{name} {value:.3g}" for name, value in sorted(one.why.items()))
    notes = [f"score from {parts}"] if parts else []
    return _memory(one.memory, mark, [*notes, *([SHOWN[shown]] if shown != "whole" else [])])


def _feeling(state: EmotionalState) -> str:
    """A feeling in words and numbers."""
    tags = "".join(
        f"<span class='tag'>{escape(name)} {level:g}</span>"
        for name, level in sorted(state.intensities.items(), key=lambda pair: (-pair[1], pair[0]))
    )
    own = speech(state.feeling) if state.feeling else ""
    return (
        f"{own}<p class='tags'>{tags}<span class='quiet'>valence {state.valence:+.2f} "
        f"(-1 to 1), arousal {state.arousal:.2f} (0 to 1)</span></p>"
    )


def _call(call: Call) -> str:
    """One call, its exact prompt and reply inside."""
    usage = call.usage
    line = (
        f"{call.request.agent} · {usage.tokens_in} tokens in ({usage.tokens_cached} cached), "
        f"{usage.tokens_out} out · {call.latency:.1f} s"
    )
    prompt = "".join(
        f"<h4>{escape(message.role)}</h4><pre>{escape(message.text)}</pre>"
        for message in call.request.messages
    )
    about = (
        f"{call.request.prompt_name} {call.request.prompt_hash} · {call.model} · temperature "
        f"{call.request.temperature:g} · seed {call.request.seed}"
    )
    return (
        f'<details class="call"><summary>{escape(line)}</summary>'
        f'<p class="quiet">{escape(about)}</p>{prompt}<h4>reply</h4>'
        f"<pre>{escape(call.reply)}</pre></details>"
    )
