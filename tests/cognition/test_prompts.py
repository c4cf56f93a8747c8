"""What reaches the model: one prefix, a stated order, nobody where nobody should be."""

from itertools import takewhile

import pytest

from simulacra.domain.answer import Reply
from simulacra.domain.call import Request
from simulacra.domain.emotion import EmotionalState
from simulacra.domain.run import Method
from simulacra.domain.survey import Kind
from tests.support.minds import FakeModel, exchanged, question, respondent, small
from tests.support.people import another, ilka

SO_FAR = (("Where do you live?", "In Szeged."), ("With whom?", "With two radios."))
PERSONAL: tuple[Method, ...] = ("profile", "retrieval", "cognitive")


def whole(request: Request) -> str:
    return "\n".join(message.text for message in request.messages)


def user(request: Request) -> str:
    (text,) = [message.text for message in request.messages if message.role == "user"]
    return text


def shared_start(texts: list[str]) -> str:
    same = takewhile(lambda letters: len(set(letters)) == 1, zip(*texts, strict=False))
    return "".join(letters[0] for letters in same)


async def all_requests(model: FakeModel, method: Method) -> list[Request]:
    """Everything one persona sends in an interview of all kinds, a re-ask and a chat."""
    one = respondent(model, method)
    for state in (one.opening(), exchanged(*SO_FAR)):
        for kind in (one for one in Kind if one.askable):
            await one.ask(question(kind), state, seed=1, temperature=0.5)
    await one.ask(
        question(), one.opening(), seed=1, temperature=0.5, unreadable=Reply(text="A fish.")
    )
    async for _ in one.chat("Hello there", exchanged(*SO_FAR), seed=1, temperature=0.5):
        pass
    return model.requests


@pytest.mark.parametrize("make", [FakeModel, small])
async def test_the_prefix_is_the_same_for_all_agents_items_turns_and_methods(
    make: type[FakeModel],
) -> None:
    sent = [one for method in PERSONAL for one in await all_requests(make(), method)]
    impersonal = ("prior", "emotion_prior", "emotion_name")  # the last sees a sentence alone
    mine = [one for one in sent if one.prompt_name not in impersonal]
    assert {one.agent for one in mine} == {"emotion", "planning", "top"}
    assert {one.messages[0].role for one in mine} == {"system"}
    (prefix,) = {one.messages[0].text for one in mine}
    assert "Ilka Varga" in prefix and "tram dispatcher" in prefix


async def test_the_full_prefix_holds_the_whole_person_and_the_brief_one_the_facts() -> None:
    full, brief = FakeModel(), small()
    for model in (full, brief):
        await respondent(model, "profile").ask(
            question(Kind.LONG_TEXT), exchanged(), seed=1, temperature=0
        )
    long, short = (model.requests[0].messages[0].text for model in (full, brief))
    persona = ilka()
    for fact in ("1972-03-09", "Hungarian, Serbian", "chess by post"):
        assert fact in long and fact in short
    assert "handedness: left" in long and "handedness" not in short
    for trait in persona.personality.traits:
        assert trait.text in long and trait.text not in short
    assert persona.biography in long and persona.biography not in short
    assert "ferry house on the Tisza" in long and "Forty trams" not in long


async def test_another_persona_has_another_prefix() -> None:
    model = FakeModel()
    for persona in (ilka(), another()):
        await respondent(model, "profile", persona).ask(
            question(), exchanged(), seed=1, temperature=0
        )
    one, other = (request.messages[0].text for request in model.requests)
    assert one.replace("Ilka", "Borka") == other.replace("Ilka", "Borka") and one != other


@pytest.mark.parametrize("make", [FakeModel, small])
async def test_what_changes_least_stands_first_and_the_task_last(make: type[FakeModel]) -> None:
    model = make()
    await respondent(model).ask(
        question(Kind.LONG_TEXT), exchanged(*SO_FAR), seed=1, temperature=0.5
    )
    tasks = {"emotion": "you feel", "planning": "want to answer", "top": "in your own words"}
    if make is FakeModel:
        tasks |= {"emotion": "Tell your emotion", "planning": "Tell your plan"}
    for agent, task in tasks.items():
        text = user(model.asked(agent)[0])
        asked = "You are asked: Tell me about the wedding"
        remembered = ["You remember:", "the wedding of my sister Judit"]
        if make is small:  # it sees the question last, and no answer, which it would repeat
            assert "With two radios." not in text
            parts = ["With whom?", *remembered, asked]
        else:
            parts = ["tell in JSON", "With whom?", "With two radios.", asked, *remembered]
        places = [text.index(part) for part in parts]
        places.append(text.rindex(task))
        assert places == sorted(places), agent


async def test_all_agents_of_one_turn_see_the_same_moment() -> None:
    model = FakeModel()
    await respondent(model).ask(question(), exchanged(*SO_FAR), seed=1, temperature=0.5)
    texts = [user(request) for request in model.requests]
    (memories,) = {text.split("You remember:\n")[1].split("\n\n")[0] for text in texts}
    assert shared_start(texts).rstrip("\nYTour ").endswith(memories)


async def test_a_turn_begins_as_the_one_before_it() -> None:
    model = FakeModel()
    last = question(text="With whom?")
    for asked, so_far in ((last, SO_FAR[:1]), (question(), SO_FAR)):
        await respondent(model).ask(asked, exchanged(*so_far), seed=1, temperature=0.5)
    shared = shared_start([user(request) for request in model.asked("top")])
    assert shared.rstrip("\nYou ").endswith("You said: In Szeged.\n\nYou are asked: With whom?")


async def test_who_tells_at_length_remembers_with_thought_feeling_and_date() -> None:
    model = FakeModel()
    await respondent(model).ask(question(Kind.LONG_TEXT), exchanged(), seed=1, temperature=0.5)
    for agent in ("emotion", "planning", "top"):
        text = user(model.asked(agent)[0])
        assert "(1981-04, age 9) The flood took our ferry house." in text
        assert "Water does not bargain." in text and "Cold, and proud of the hens." in text
        assert "(age 46) I did not go to the wedding" in text


@pytest.mark.parametrize(
    "kind", [kind for kind in Kind if kind.askable and kind is not Kind.LONG_TEXT]
)
async def test_for_a_word_or_a_choice_the_best_memory_and_the_gist_of_others_will_do(
    kind: Kind,
) -> None:
    model = FakeModel()
    reply = await respondent(model).ask(question(kind), exchanged(), seed=1, temperature=0.5)
    best, *others = [one.memory for one in reply.recalled]
    for agent in ("emotion", "planning", "top"):
        text = user(model.asked(agent)[0])
        assert f"{best.content}\n" in text and "What you thought" not in text
        for one in others:
            assert (one.summary or one.content) in text
            assert not one.summary or one.content not in text


async def test_feeling_and_plan_reach_the_top_agent_alone() -> None:
    model = FakeModel()
    await respondent(model).ask(question(), exchanged(), seed=1, temperature=0.5)
    feeling, plan = "Your feeling: A little uneasy.", "Your thought: I would rather keep it short."
    assert feeling in user(model.asked("top")[0]) and plan in user(model.asked("top")[0])
    for agent in ("emotion", "planning"):
        assert "uneasy" not in whole(model.asked(agent)[0])
        assert "keep it short" not in whole(model.asked(agent)[0])


async def test_the_mood_that_the_last_question_left_reaches_the_next_appraisal() -> None:
    model = FakeModel()
    state = exchanged().model_copy(update={"emotion": EmotionalState(feeling="Sour as brine.")})
    await respondent(model).ask(question(), state, seed=1, temperature=0.5)
    assert "Sour as brine." in user(model.asked("emotion")[0])


@pytest.mark.parametrize("make", [FakeModel, small])
async def test_blank_has_no_person_in_it(make: type[FakeModel]) -> None:
    sent = [whole(request) for request in await all_requests(make(), "blank")]
    persona = ilka()
    profile = persona.profile
    told = [
        "Ilka", "Varga", "1972", "54", "Hungar", "widowed", "left", "vocational",
        profile.occupation, profile.long_term_goal, *profile.hobbies, *profile.short_term_goals,
        persona.biography, *(trait.text for trait in persona.personality.traits),
        *(memory.content for memory in persona.memories), "You remember", "You know of yourself",
        "Your feeling", "Your thought",
    ]  # fmt: skip
    assert len(sent) >= 14
    for text in sent:
        assert [part for part in told if part in text] == []


@pytest.mark.parametrize("reply", ["A fish, perhaps?", ""])
@pytest.mark.parametrize("method", ["profile", "cognitive"])
async def test_a_second_asking_shows_the_reply_that_could_not_be_read(
    method: Method, reply: str
) -> None:
    model = FakeModel()
    one = respondent(model, method)
    said = await one.ask(question(), exchanged(), seed=1, temperature=0)
    unreadable = said.model_copy(update={"text": reply})
    await one.ask(question(), exchanged(), seed=1, temperature=0, unreadable=unreadable)
    first, again = (user(request) for request in model.asked("top"))
    assert "could not be read" not in first
    assert again.startswith(first.rstrip())
    assert f'could not be read: "{reply}"' in again.removeprefix(first.rstrip())


async def test_instructions_stand_before_the_question() -> None:
    model = FakeModel()
    asked = question(Kind.RATING, instructions="How accurate is this?")
    await respondent(model, "profile").ask(asked, exchanged(), seed=1, temperature=0)
    assert "You are asked: How accurate is this? I worry about things." in user(model.requests[0])


@pytest.mark.parametrize(
    ("choose", "task"),
    [
        (None, "Choose all options that fit you."),
        ((3, 3), "Choose exactly 3 options."),
        ((1, 2), "Choose 1 to 2 options."),
    ],
)
async def test_a_multi_select_says_how_many(choose: tuple[int, int] | None, task: str) -> None:
    model = FakeModel()
    asked = question(Kind.MULTI, choose=choose)
    await respondent(model, "profile").ask(asked, exchanged(), seed=1, temperature=0)
    assert task in user(model.requests[0])
    output = model.requests[0].output
    assert output is not None
    answer = output.definition["properties"]["answer"]
    assert (answer["minItems"], answer["maxItems"]) == (choose or (1, 4))
    assert answer["items"]["enum"] == ["1", "2", "3", "4"]


async def test_options_are_listed_in_the_order_shown() -> None:
    model = FakeModel()
    shown = tuple(reversed(question().options))
    asked = question().model_copy(update={"options": shown})
    await respondent(model, "profile").ask(asked, exchanged(), seed=1, temperature=0)
    assert "3 = The radio\n2 = A tram\n1 = The ferry house" in user(model.requests[0])
    output = model.requests[0].output
    assert output is not None
    assert output.definition["properties"]["answer"]["enum"] == ["3", "2", "1"]


async def test_scored_options_are_never_listed() -> None:
    model = small()
    await respondent(model).ask(question(), exchanged(), seed=1, temperature=0)
    assert all("1 = " not in whole(request) for request in model.requests)
    assert all("A tram" not in whole(request) for request in model.requests)
