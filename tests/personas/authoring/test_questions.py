"""The questions of the self report, made by the novelist and by scripts."""

import json
from functools import cache
from typing import Any

import pytest

from personas.authoring.choice import TRIES, question_prompt
from personas.authoring.questions import (
    QuestionSet,
    clozes,
    edited_questions,
    make_questions,
    questions_text,
    size_of,
    slots,
)
from personas.checks.questions import SHAPES, set_findings
from personas.formats.packs import read_pack, write_pack
from personas.library import library
from simulacra.domain.call import Request
from simulacra.domain.persona import Persona
from simulacra.errors import InputError
from simulacra.llm.port import ModelInfo
from simulacra.llm.scripted import ScriptedModel
from tests.support.authoring import FakeLedger, author
from tests.support.novelist import compose, novelist
from tests.support.people import ilka
from tests.support.snapshots import Snapshots, readable


@cache
def inti() -> Persona:
    return next(one for one in library() if one.id == "inti-quispe")


def short(count: int) -> Persona:
    """Inti with the first episodes only."""
    return inti().model_copy(update={"episodes": inti().episodes[:count]})


async def made(
    persona: Persona, reply: Any = None, ledger: FakeLedger | None = None, **info: Any
) -> QuestionSet:
    model = novelist() if reply is None else ScriptedModel(reply, info=_info(**info))
    return await make_questions(persona, author(model, ledger, persona.id))


def _info(**info: Any) -> ModelInfo:
    return ModelInfo(**{"spec": "s", "name": "s", "default_temperature": 0.0, **info})


def composed(request: Request) -> str:
    said = [(one.role, one.text) for one in request.messages]
    return compose(said, request.output.name if request.output else None, request.seed or 0)


async def test_a_whole_set_of_the_paper() -> None:
    ledger = FakeLedger()
    done = await made(inti(), ledger=ledger)
    assert done.failures == {}
    assert [one.id for one in done.questions] == [f"q{number:02d}" for number in range(1, 16)]
    kinds = [one.kind for one in done.questions]
    assert kinds == ["cloze"] * 5 + ["single"] * 5 + ["multiple"] * 5
    assert [one.id for one in done.questions if one.basis == "profile"] == [
        *("q01", "q02", "q03", "q04", "q05", "q06", "q11", "q12")
    ]
    for one in done.questions[5:]:
        assert (len(one.options), len(one.answer)) == SHAPES[one.kind]
        if one.basis == "story":
            episode = next(each for each in inti().episodes if each.id == one.episode)
            assert len(one.quotes) == len(one.answer)
            assert all(quote in inti().text_of(episode.span) for quote in one.quotes)
        else:
            values = (*inti().profile.hobbies, *inti().profile.short_term_goals)
            assert {one.options[key] for key in one.answer} <= {
                *values, inti().profile.long_term_goal
            }  # fmt: skip
    assert len({one.episode for one in done.questions if one.episode}) == 7
    assert len({one.answer for one in done.questions[5:10]}) > 1, "the key's place must vary"
    assert len(ledger.kept) == size_of(inti())[0] == 10


async def test_the_same_again_is_the_same_and_buys_nothing() -> None:
    ledger = FakeLedger()
    first = await made(inti(), ledger=ledger)
    count = len(ledger.kept)
    assert await made(inti(), ledger=ledger) == first
    assert len(ledger.kept) == count


async def test_quotes_that_the_story_does_not_say_are_asked_for_again() -> None:
    seen: list[str] = []

    def reply(request: Request) -> str:
        seen.append(request.messages[-1].text)
        said = [(one.role, one.text) for one in request.messages]
        return compose(said, request.output.name, request.seed or 0, faulty=1.0)  # type: ignore[union-attr]

    done = await made(inti(), reply)
    assert done.failures == {}
    again = [one for one in seen if "An earlier attempt could not be used" in one]
    assert len(again) == 7
    assert all("words that do not stand in the passage" in one for one in again)


async def test_an_episode_that_gives_no_question_gives_way_to_another() -> None:
    bad = next(slot for slot in slots(inti()) if slot.episode)
    passage = inti().text_of(next(e for e in inti().episodes if e.id == bad.episode).span)

    def reply(request: Request) -> str:
        if passage.strip() in request.messages[-1].text:
            right = [{"option": "never", "quote": "never said"}]
            return json.dumps({"question": "Why?", "right": right, "wrong": ["a", "b", "c"]})
        return composed(request)

    ledger = FakeLedger()
    done = await made(inti(), reply, ledger)
    assert done.failures == {}
    episode = next(one.episode for one in done.questions if one.id == bad.id)
    assert episode not in {slot.episode for slot in slots(inti())}
    assert sum(bad.id in step.part for step in ledger.kept) == TRIES + 1


async def test_what_fails_is_named_and_nothing_stands_in_for_it() -> None:
    def reply(request: Request) -> str:
        if request.output and request.output.name == "ProfileChoice":
            wrong = [inti().profile.hobbies[0], "a", "b"]
            return json.dumps({"question": "What do you like?", "wrong": wrong})
        return composed(request)

    done = await made(inti(), reply)
    assert list(done.failures) == ["q06", "q11", "q12"]
    assert "counted wrong, but is true as well" in done.failures["q06"]
    assert "in 3 attempts" in done.failures["q06"]
    assert len(done.questions) == 12


async def test_a_warning_is_kept_for_the_reviewer_after_the_last_attempt() -> None:
    def reply(request: Request) -> str:
        told = json.loads(composed(request))
        if request.output and request.output.name == "SingleChoice":
            told["right"][0]["option"] = "Zanzibar xylophones"
        return json.dumps(told)

    done = await made(inti(), reply)
    assert done.failures == {}
    assert [one.kind for one in done.findings].count("key-unsupported") == 4


async def test_questions_about_the_same_episode_know_of_each_other() -> None:
    seen: list[str] = []

    def reply(request: Request) -> str:
        seen.append(request.messages[-1].text)
        return composed(request)

    done = await made(short(3), reply)
    assert len(done.questions) == 15 and done.failures == {}
    assert sum("Questions there are already" in one for one in seen) == 4


async def test_questions_that_ask_the_same_are_made_anew() -> None:
    def reply(request: Request) -> str:
        told = json.loads(composed(request))
        anew = "asks the same" in request.messages[-1].text
        if request.output and request.output.name == "SingleChoice" and not anew:
            told["question"] = "What happened then?"
        return json.dumps(told)

    done = await made(inti(), reply)
    assert done.failures == {}
    assert [one.text for one in done.questions].count("What happened then?") == 1
    assert "question-twice" not in [one.kind for one in done.findings]


def test_what_the_profile_leaves_open_is_not_asked() -> None:
    profile = ilka().profile.model_copy(update={"date_of_birth": None, "occupation": " "})
    found = clozes(ilka().model_copy(update={"profile": profile}))
    assert [one.text for one in found] == [
        "What is your name?",
        "What is your gender?",
        "How old are you, in whole years?",
    ]
    assert [one.answer for one in found] == [("Ilka Varga",), ("female",), ("54",)]
    # Two short-term goals are too few for three keys; hobbies are three.
    labels = [one.label for one in slots(ilka()) if not one.episode]
    assert labels == ["long-term goal", "hobbies"]
    with pytest.raises(InputError, match="no episodes"):
        slots(ilka().model_copy(update={"episodes": ()}))


async def test_edited_questions_come_back_and_are_checked(tmp_path: Any) -> None:
    done = await made(inti())
    text = questions_text(done.questions)
    assert edited_questions(text, inti()) == done.questions
    changed = text.replace(done.questions[6].quotes[0][:20], "Never said in the story")
    found = set_findings(inti(), edited_questions(changed, inti()))
    assert "quote-not-found" in [one.kind for one in found]
    for bad, words in (
        ("- id: [", "no list"),
        ("- 3", "no list"),
        ("", "no question left"),
        (text.replace("episode: e", "episode: x"), "no episode"),
        (text.replace("id: q02", "id: q01"), "unique"),
    ):
        with pytest.raises(InputError, match=words):
            edited_questions(bad, inti())
    person = inti().model_copy(update={"questions": done.questions})
    write_pack(person, tmp_path / "pack")
    assert read_pack(tmp_path / "pack").questions == done.questions


@pytest.mark.parametrize("brief", [False, True])
def test_the_prompts(snapshots: Snapshots, brief: bool) -> None:
    person = ilka()
    single = next(one for one in slots(person) if one.episode and one.kind == "single")
    multiple = next(one for one in slots(person) if one.episode and one.kind == "multiple")
    profile = next(one for one in slots(person) if one.label == "hobbies")
    known = [person.questions[0].model_copy(update={"episode": multiple.episode})]
    faults, note = ["the question itself says the right option"], "Ask about people."
    for name, prompt in (
        ("single", question_prompt(person, single, brief=brief)),
        ("multiple", question_prompt(
            person, multiple, known=known, faults=faults, note=note, brief=brief
        )),
        ("profile", question_prompt(person, profile, brief=brief)),
    ):  # fmt: skip
        request = Request(
            agent="q", prompt_name="q", prompt_hash="", messages=prompt.messages, max_tokens=1
        )
        snapshots.check(f"question_{name}{'_brief' if brief else ''}", readable(request))


async def test_a_small_model_is_given_the_words_to_ask_about() -> None:
    def reply(request: Request) -> str:
        assert request.output is not None
        told: dict[str, Any] = {"question": f"What is {request.seed}?", "wrong": ["x", "y", "z"]}
        if request.output.name != "ShortProfile":
            last = request.messages[-1].text
            rows = [line.split(". ", 1)[1] for line in last.splitlines() if line[1:3] == ". "]
            told["right"] = [row[:60] for row in rows]
        return json.dumps(told)

    done = await made(inti(), reply, detail="brief")
    assert done.failures == {}
    assert all(
        quote in inti().story for one in done.questions if one.episode for quote in one.quotes
    )
