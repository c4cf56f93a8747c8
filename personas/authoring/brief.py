"""How a small model is led through a life: short questions, each reply begun for it.

A model of some hundred million parameters cannot plan a life at once or keep to a form. So the code
says when, spreading the years evenly, and begins each reply ("In 1994, when she was 11,"); the
model says what. Titles are the first words of what happened. What the model cannot do is left
undone and shows in the findings.
"""

from collections.abc import Sequence

from personas.authoring.author import PROMPTS, Author, Step
from personas.authoring.life import Life
from personas.authoring.manuscript import Manuscript, blank, paragraphs_of
from personas.authoring.outline import Outline, Planned, numbered
from personas.authoring.portrait import attributes_of, short_portrait
from personas.authoring.prose import whole_sentences
from personas.authoring.settings import reply_tokens, word_count
from personas.authoring.telling import Telling
from personas.authoring.together import together
from personas.checks.finding import Finding
from simulacra.domain.persona import Persona
from simulacra.errors import BadReply
from simulacra.prompting import Prompt, find_template
from simulacra.sentences import first_sentence, sentences_of

TEMPERATURE = 0.5
"""At 0 a small model repeats itself, near 1 it leaves the language."""

_TRIES, _EXTENSIONS = 4, 3
_SENTENCE_TOKENS, _TITLE_WORDS = 60, 8


async def plan_briefly(
    author: Author, persona: Persona, life: Life, count: int, *, attempt: int, note: str
) -> Outline:
    """An outline, a year at a time.

    An event told before is asked for again, three times at most, then kept: ``told_twice`` says so.

    Raises:
        BadReply: the model tells no event four times.
    """
    planned: list[Planned] = []
    span = max(1, life.until.year - life.born_last.year - 1)
    for number in range(count):
        year = life.born_last.year + 1 + round((number + 0.5) * span / count)
        age = life.ages(str(year))[0]
        prompt = find_template("outline_brief", PROMPTS).render(
            {
                "portrait": short_portrait(persona),
                "name": persona.name,
                "year": year,
                "age": age,
                "before": [one.title for one in planned[-2:]],
                "note": note,
            }
        )
        part = f"e{number + 1:02}"
        planned.append(await _event(author, persona, prompt, part, year, age, planned, attempt))
    return numbered(planned)


def told_twice(outline: Outline) -> list[Finding]:
    """Events that the model told of several years."""
    found, seen = [], dict[str, str]()
    for one in outline.episodes:
        event = one.happens.split(f"{one.age}, ", 1)[-1]
        if event in seen:
            message = f"{one.when} tells the same event as {seen[event]}: {event}"
            found.append(
                Finding(kind="event-repeated", severity="warning", message=message, episode=one.id)
            )
        seen.setdefault(event, one.when)
    return found


async def biography_briefly(
    author: Author, persona: Persona, outline: Outline, words: int, *, attempt: int, note: str
) -> Manuscript:
    """The biography, one short call an episode, each given some of the attributes."""
    count = len(outline.episodes)
    attributes = [f"{label} {value}" for label, value in attributes_of(persona)]

    async def paragraph(number: int) -> str:
        episode = outline.episodes[number]
        prompt = find_template("biography_brief", PROMPTS).render(
            {
                "portrait": short_portrait(persona),
                "name": persona.name,
                "episode": episode,
                "facts": attributes[number::count],
                "words": words // count,
                "note": note,
            }
        )
        step = Step(stage="biography", part=episode.id, attempt=attempt)
        return await _continued(author, step, prompt, reply_tokens(words // count))

    texts = await together(paragraph(number) for number in range(count))
    return _placed(outline, texts)


async def tell_briefly(author: Author, telling: Telling, outline: Outline) -> Manuscript:
    """The story: each episode begun, told, and gone on with while something new comes."""
    story, left = blank(outline), outline.episodes
    words = telling.words // len(outline.episodes)
    while left:
        some, left = left[: telling.gates.room], left[telling.gates.room :]
        texts = await together(_episode(author, telling, one.id, outline, words) for one in some)
        for episode, text in zip(some, texts, strict=True):
            story = story.with_paragraphs(episode.id, paragraphs_of(text))
        story = telling.gates.expanded(story, len(some))
    return story


async def _event(
    author: Author,
    persona: Persona,
    prompt: Prompt,
    part: str,
    year: int,
    age: int,
    before: Sequence[Planned],
    attempt: int,
) -> Planned:
    opening = prompt.messages[-1].text
    for time in range(1, _TRIES + 1):
        step = Step(stage="outline", part=f"{part} time {time}", attempt=attempt)
        happens = first_sentence(await _continued(author, step, prompt, _SENTENCE_TOKENS))
        told = happens.removeprefix(opening).strip()
        again = any(one.happens.endswith(told) for one in before)
        if not told or (again and time < _TRIES):
            continue
        variables = {
            "portrait": short_portrait(persona),
            "name": persona.name,
            "happens": happens,
        }
        change = find_template("change_brief", PROMPTS).render(variables)
        step = step.model_copy(update={"part": f"{part} change {time}"})
        return Planned(
            when=str(year),
            age=age,
            title=" ".join(told.split()[:_TITLE_WORDS]).strip(".,;"),
            place="",
            people=(),
            happens=happens,
            changes=first_sentence(await _continued(author, step, change, _SENTENCE_TOKENS)),
        )
    raise BadReply(
        f"{author.model} told no event for {year} in {_TRIES} tries; try another seed or model."
    )


async def _episode(
    author: Author, telling: Telling, episode_id: str, outline: Outline, words: int
) -> str:
    episode = next(one for one in outline.episodes if one.id == episode_id)
    text = f"In {episode.when} {telling.name} was {episode.age} years old."
    for number in range(1 + _EXTENSIONS):
        lack = words - word_count(text)
        if lack < words // 10:
            break
        prompt = find_template("episode_brief", PROMPTS).render(
            {
                "portrait": short_portrait(telling.persona),
                "episode": episode,
                "words": words,
                "begun": text,
                "note": telling.gates.note,
            }
        )
        step = telling.step(f"{episode_id} {number}")
        longer = await _continued(author, step, prompt, reply_tokens(lack))
        if not _new(longer, text):
            break
        text = longer
    return text


async def _continued(author: Author, step: Step, prompt: Prompt, max_tokens: int) -> str:
    """The reply with the words that were begun for it, up to its last whole sentence."""
    begun = prompt.messages[-1].text
    reply = (await author.write(step, prompt, max_tokens=max_tokens)).strip()
    return whole_sentences(f"{begun} {reply.removeprefix(begun).strip()}")


def _new(longer: str, text: str) -> bool:
    """Whether the longer text adds a sentence and says none twice."""
    sentences = [one.casefold() for one in sentences_of(longer)]
    return word_count(longer) > word_count(text) and len(set(sentences)) == len(sentences)


def _placed(outline: Outline, texts: Sequence[str]) -> Manuscript:
    manuscript = blank(outline)
    for episode, text in zip(outline.episodes, texts, strict=True):
        manuscript = manuscript.with_paragraphs(episode.id, paragraphs_of(text))
    return manuscript
