from xml.etree import ElementTree

from evaluation.moods import mood_figure, of_conversation, of_interview
from simulacra.domain.answer import Reply
from simulacra.domain.emotion import EmotionalState
from simulacra.runs.plan import plan
from tests.support.studies import TECHNICAL, cell, spec

LOW, HIGH = EmotionalState(valence=-0.5), EmotionalState(valence=0.5, intensities={"joy": 3})


def said(emotion: EmotionalState | None) -> Reply:
    return Reply(text="x", emotion=emotion)


def test_the_trajectory_of_an_interview_follows_its_questions() -> None:
    interview = plan(spec())[0]
    cells = [
        cell(interview, 1, replies=[said(LOW)]),
        cell(interview, 0, attempt=1, response=TECHNICAL),
        cell(interview, 0, attempt=2, replies=[said(LOW), said(HIGH)]),
        cell(interview, 2),
    ]
    moments = of_interview(cells)
    assert [(one.turn, one.emotion) for one in moments] == [(1, HIGH), (2, LOW), (3, None)]
    assert moments[0].stimulus == "Which?"


def test_the_trajectory_of_a_conversation_follows_its_turns() -> None:
    moments = of_conversation([("Hello", said(HIGH)), ("Why?", said(None))])
    assert [(one.stimulus, one.emotion) for one in moments] == [("Hello", HIGH), ("Why?", None)]


def test_a_mood_is_drawn_with_its_baseline() -> None:
    moments = of_conversation([("a", said(HIGH)), ("b", said(None)), ("c", said(LOW))])
    drawn = mood_figure(moments, EmotionalState(valence=0.2), name="Ada")
    plain = mood_figure(moments, name="Ada")
    assert drawn == mood_figure(moments, EmotionalState(valence=0.2), name="Ada") != plain
    root = ElementTree.fromstring(drawn)
    assert root.attrib["aria-label"] == "Mood of Ada over 3 turns"
    assert len(drawn) > len(plain) and "stroke-dasharray" in drawn
    assert mood_figure((), name="Ada")
