"""What the making of a story can say is wrong with it."""

from personas.authoring.coverage import left_out
from personas.authoring.manuscript import Manuscript
from personas.authoring.outline import Outline
from personas.authoring.repeats import repeats
from personas.authoring.settings import TOLERANCE, WriteSettings
from personas.checks.finding import Finding


def story_findings(story: Manuscript, outline: Outline, settings: WriteSettings) -> list[Finding]:
    """Warnings about length, episodes left out and phrases that return."""
    return [
        *_length(story, settings),
        *_untold(story, outline, settings),
        *_repeated(story),
    ]


def _length(story: Manuscript, settings: WriteSettings) -> list[Finding]:
    low, high = settings.words * (1 - TOLERANCE), settings.words * (1 + TOLERANCE)
    if low <= story.words <= high:
        return []
    reason = {
        ("outline", True): "the model's episodes stayed short, also when asked to go on",
        ("paper", True): "no passage was left that scored 50 or grew when it was expanded",
    }.get((settings.strategy, story.words < low), "the model wrote more than it was asked for")
    message = f"it has {story.words:,} words, not {settings.words:,} within a tenth: {reason}"
    return [Finding(kind="story-length", severity="warning", message=message)]


def _untold(story: Manuscript, outline: Outline, settings: WriteSettings) -> list[Finding]:
    found = []
    chapters = {one.id: one for one in story.written}
    for planned in outline.episodes:
        chapter = chapters.get(planned.id)
        if chapter is None:
            message = f"episode {planned.id} ({planned.title}) is not told"
            found.append(_warning("episode-untold", message, planned.id))
        elif settings.strategy == "outline" and (missing := left_out(planned, chapter.text)):
            message = f"episode {planned.id} leaves out what was planned: {', '.join(missing)}"
            found.append(_warning("plan-left-out", message, planned.id))
    return found


def _repeated(story: Manuscript) -> list[Finding]:
    _, episodes = story.story()
    by_id = {one.id: one for one in episodes}
    return [
        Finding(
            kind="phrase-repeated",
            severity="warning",
            message=f'a long phrase of {one.earlier} returns: "{one.phrase}"',
            span=by_id[one.chapter].span,
            other_span=by_id[one.earlier].span,
            episode=one.chapter,
            detail=one.phrase,
        )
        for one in repeats(story.chapters)
    ]


def _warning(kind: str, message: str, episode: str) -> Finding:
    return Finding(kind=kind, severity="warning", message=message, episode=episode)
