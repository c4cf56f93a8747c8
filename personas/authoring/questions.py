"""From a life to the questions of its self report, many at a time.

The set is that of Human Simulacra (Xie et al., 2025): five clozes, which the profile gives without
a model, five choices of one among four and five of three among six. A model writes the choices:
about hobbies and goals, and about episodes spread over the life. An episode that gives no question
is tried with another one.
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import yaml
from pydantic import Field, ValidationError

from personas.authoring.author import Author
from personas.authoring.choice import Asked, Slot, facts_of, make_question, question_prompt
from personas.authoring.rounds import side_by_side
from personas.basis import basis_of, profile_values
from personas.checks.finding import Finding
from personas.checks.questions import SHAPES, same_as, set_findings
from personas.formats.pack_writing import question_record
from personas.formats.packs import question_values
from personas.formats.text_files import first_problem
from simulacra.domain.base import Frozen
from simulacra.domain.persona import Episode, Persona, SelfReportQuestion
from simulacra.errors import InputError

CHOICES = 5
"""Questions of each kind of choice."""
REPLY_TOKENS = 220
"""Tokens of a usual reply: a question, six options and three quotes in JSON."""


class QuestionSet(Frozen):
    """What came of it: the questions in their order, and what went wrong by their ids."""

    questions: tuple[SelfReportQuestion, ...] = ()
    findings: tuple[Finding, ...] = ()
    failures: dict[str, str] = Field(default_factory=dict)


def clozes(persona: Persona) -> tuple[SelfReportQuestion, ...]:
    """The questions that the profile answers without a model; none about what it leaves open."""
    profile = persona.profile
    born = profile.date_of_birth
    asked = (
        ("What is your name?", persona.name),
        ("What is your gender?", profile.gender),
        ("How old are you, in whole years?", str(profile.age)),
        ("What is your date of birth (YYYY-MM-DD)?", born.isoformat() if born else ""),
        ("What is your occupation?", profile.occupation),
    )
    return tuple(
        SelfReportQuestion(
            id=_id(number), kind="cloze", text=text, answer=(value,), basis="profile"
        )
        for number, (text, value) in enumerate([one for one in asked if one[1].strip()], start=1)
    )


def slots(persona: Persona) -> tuple[Slot, ...]:
    """The choices to be made: those about the profile first, then along the life.

    Episodes lie evenly over the life; those with most facts get the questions with three keys.

    Raises:
        InputError: the person has no episodes.
    """
    if not persona.episodes:
        raise InputError(f"the story of {persona.name} has no episodes to ask about")
    known = _of_profile(persona)
    counts = {kind: CHOICES - sum(one.kind == kind for one in known) for kind in SHAPES}
    spread = _spread(persona.episodes, sum(counts.values()))
    richest = sorted(range(len(spread)), key=lambda at: -len(facts_of(persona, spread[at])))
    many = set(richest[: counts["multiple"]])
    told = [
        Slot(id="", kind="multiple" if at in many else "single", episode=one.id)
        for at, one in enumerate(spread)
    ]
    listed = [one for kind in SHAPES for one in (*known, *told) if one.kind == kind]
    first = len(clozes(persona)) + 1
    return tuple(
        one.model_copy(update={"id": _id(number)}) for number, one in enumerate(listed, first)
    )


def _of_profile(persona: Persona) -> list[Slot]:
    """What the profile alone answers, as far as it says enough."""
    profile, keys = persona.profile, SHAPES["multiple"][1]
    goal = (profile.long_term_goal,)
    found = [Slot(id="", kind="single", label="long-term goal", right=goal)] if goal[0] else []
    for label, values in (
        ("hobbies", profile.hobbies),
        ("short-term goals", profile.short_term_goals),
    ):
        if len(values) >= keys:
            found.append(Slot(id="", kind="multiple", label=label, right=values[:keys]))
    return found


async def make_questions(
    persona: Persona,
    author: Author,
    *,
    concurrency: int = 8,
    attempt: int = 1,
    note: str = "",
    on_done: Callable[[str], None] | None = None,
) -> QuestionSet:
    """All questions of a person; ``note`` is what a reviewer said of those before.

    Questions about the same episode are made one after the other, each knowing the others. What
    failed or asks the same as another is tried once more, about an episode not asked about yet.

    Raises:
        InputError: the person has no episodes.
        FatalModelError: no call can succeed (key, model, server); what was bought is kept.
        BudgetSpent: the budget allows no further call; likewise.
    """
    wanted = slots(persona)
    made: dict[str, Asked] = {}
    failures: dict[str, str] = {}

    async def ask(some: Sequence[Slot], known: Sequence[SelfReportQuestion]) -> None:
        work = {
            slot.id: partial(
                make_question, persona, slot, author, attempt=attempt, note=note, known=known
            )
            for slot in some
        }
        done, failed = await side_by_side(work, concurrency, on_done)
        made.update(done)
        failures.update(failed)

    for wave in _waves(wanted):
        await ask(wave, [one.question for one in made.values()])
    twins = _twins(made)
    again = _elsewhere(persona, wanted, {*failures, *twins})
    for slot in again:
        made.pop(slot.id, None)
        failures.pop(slot.id, None)
    await ask(again, [one.question for one in made.values()])
    listed = [made[slot.id] for slot in wanted if slot.id in made]
    questions = (*clozes(persona), *(one.question for one in listed))
    return QuestionSet(
        questions=questions, findings=tuple(set_findings(persona, questions)), failures=failures
    )


def questions_text(questions: Sequence[SelfReportQuestion]) -> str:
    """The questions as YAML that a person can read and edit, as a pack holds them."""
    rows = [question_record(one) for one in questions]
    return yaml.safe_dump(rows, sort_keys=False, allow_unicode=True, width=100) if rows else ""


def edited_questions(text: str, persona: Persona) -> tuple[SelfReportQuestion, ...]:
    """The questions that a person edited; one without a basis gets it from its key.

    Raises:
        InputError: it is no list of questions, has none, or names an episode that there is not.
    """
    path = Path("questions")
    try:
        rows = [question_values(row) for row in yaml.safe_load(text) or []]
        found = [SelfReportQuestion.model_validate(row) for row in rows]
        Persona.model_validate({**persona.model_dump(), "questions": found})
    except ValidationError as error:
        raise InputError(
            f"this is no list of questions: {first_problem(error)[1]}", path=path
        ) from None
    except (yaml.YAMLError, TypeError, ValueError):
        raise InputError("this is no list of questions", path=path) from None
    if not found:
        raise InputError("there is no question left", path=path)
    episodes = {None, *(one.id for one in persona.episodes)}
    if strange := [one for one in found if one.episode not in episodes]:
        raise InputError(f"{strange[0].id}: there is no episode {strange[0].episode}", path=path)
    values = profile_values(persona.name, persona.profile)
    return tuple(
        one.model_copy(update={"basis": one.basis or basis_of(one, values)}) for one in found
    )


def _spread(episodes: Sequence[Episode], count: int) -> list[Episode]:
    """So many episodes, evenly over the life; where there are fewer, some several times."""
    return [episodes[(2 * at + 1) * len(episodes) // (2 * count)] for at in range(count)]


def _waves(wanted: Sequence[Slot]) -> list[list[Slot]]:
    """Slots that can be made side by side: in each wave an episode stands once."""
    waves: list[list[Slot]] = []
    times: dict[str, int] = {}
    for slot in wanted:
        place = 0
        if slot.episode:
            place = times.get(slot.episode, 0)
            times[slot.episode] = place + 1
        if place == len(waves):
            waves.append([])
        waves[place].append(slot)
    return waves


def _twins(made: dict[str, Asked]) -> list[str]:
    """Ids of questions that ask the same as one before them."""
    listed = [one.question for one in made.values()]
    return [one.id for at, one in enumerate(listed) if same_as(one, listed[:at]) is not None]


def _elsewhere(persona: Persona, wanted: Sequence[Slot], ids: set[str]) -> list[Slot]:
    """The slots of these ids, each about an episode of its own that nobody asks about yet.

    What is about the profile, and what finds no such episode, is not tried again.
    """
    used = {slot.episode for slot in wanted}
    spare = [one for one in persona.episodes if one.id not in used]
    spare.sort(key=lambda one: -len(facts_of(persona, one)))
    failed = [slot for slot in wanted if slot.id in ids and slot.episode]
    return [
        slot.model_copy(update={"episode": one.id})
        for slot, one in zip(failed, spare, strict=False)
    ]


def _id(number: int) -> str:
    return f"q{number:02d}"


def size_of(persona: Persona, *, brief: bool = False) -> tuple[int, int, int]:
    """Calls, tokens in and tokens out that the questions will take, at four characters a token.

    Replies that have to be asked for again are not foreseen, nor calls that are kept already.
    """
    prompts = [question_prompt(persona, slot, brief=brief) for slot in slots(persona)]
    characters = sum(len(message.text) for prompt in prompts for message in prompt.messages)
    return len(prompts), characters // 4, REPLY_TOKENS * len(prompts)
