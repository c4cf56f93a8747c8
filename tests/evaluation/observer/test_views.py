"""Each role sees what it may and nothing else; the prompts as they are sent."""

import re

import pytest
from pydantic import ValidationError

from evaluation.observer.views import (
    AnswersView,
    Exchange,
    ExpectView,
    FitView,
    SimilarityView,
    excerpt,
    life_of,
    unnamed,
)
from evaluation.raters.base import View
from simulacra.domain.call import Request
from simulacra.prompting import find_template
from tests.support.people import another, ilka
from tests.support.snapshots import Snapshots, readable

PERSON = ilka()
LIFE = life_of(PERSON)
SITUATION = "The ferry has stopped in the river. What do you do, and why?"
ANSWER = "I count the quoits and whistle."
EXPECTED = "I would hum."
DESCRIBED = "A stoic who hums."
VIEWS: dict[str, View] = {
    "describe": AnswersView(exchanges=(Exchange(situation=SITUATION, answer=ANSWER),)),
    "fit": FitView(life=LIFE, description=DESCRIBED),
    "expect": ExpectView(life=LIFE, situation=SITUATION),
    "similarity": SimilarityView(situation=SITUATION, expected=EXPECTED, given=ANSWER),
}


def sent(view: View) -> str:
    prompt = find_template(view.prompt, view.folder).render(view.variables)
    return "\n".join(message.text for message in prompt.messages)


def telling(text: str, *, but: str) -> set[str]:
    """The words of a text that the prompts do not use by themselves."""
    words = set(re.findall(r"[a-záéőű]{4,}", text.lower()))
    return words - set(re.findall(r"[a-záéőű]{4,}", but.lower()))


@pytest.mark.parametrize("role", VIEWS)
def test_the_prompt_of_each_role(role: str, snapshots: Snapshots) -> None:
    view = VIEWS[role]
    prompt = find_template(view.prompt, view.folder).render(view.variables)
    request = Request(
        agent=role, prompt_name=prompt.name, prompt_hash=prompt.hash, messages=prompt.messages
    )
    snapshots.check(f"observer_{role}", readable(request))


@pytest.mark.parametrize(
    ("role", "unseen"),
    [
        ("describe", LIFE + PERSON.biography + " ".join(t.text for t in PERSON.personality.traits)),
        ("describe", DESCRIBED + EXPECTED),
        ("similarity", LIFE + PERSON.biography + DESCRIBED),
        ("expect", ANSWER + DESCRIBED),
        ("fit", ANSWER + EXPECTED.replace("hum", "")),
    ],
)
def test_no_role_sees_a_word_that_it_may_not(role: str, unseen: str) -> None:
    view = VIEWS[role]
    template = (view.folder / f"{view.prompt}.md").read_text(encoding="utf-8")
    own = template + SITUATION + "".join(one.shown for one in view.scales)
    own += {"describe": ANSWER, "similarity": ANSWER + EXPECTED}.get(role, LIFE + DESCRIBED)
    hidden = telling(unseen, but=own)
    assert hidden or role in ("expect", "fit")
    assert not hidden & telling(sent(view), but=template)


def test_a_view_cannot_be_handed_more() -> None:
    with pytest.raises(ValidationError):
        SimilarityView(situation="a", expected="b", given="c", life=LIFE)  # type: ignore[call-arg]
    with pytest.raises(ValidationError):
        VIEWS["similarity"].given = LIFE  # type: ignore[attr-defined]
    assert set(AnswersView.model_fields) == {"exchanges"}
    assert set(ExpectView.model_fields) == {"life", "situation"}


def test_answers_are_without_the_names_of_those_who_might_have_given_them() -> None:
    names = [PERSON.name, another().name]
    said = f"I am Ilka Varga, and {another().name.split()[0]} is my friend. Ilkania is a place."
    assert unnamed(said, names) == "I am [name], and [name] is my friend. Ilkania is a place."
    assert unnamed("Nobody.", []) == "Nobody."


def test_who_reads_little_reads_the_head_and_what_bears_on_the_matter() -> None:
    life = "Ada, 40.\n\n" + "\n\n".join(
        [*(f"Paragraph {n} tells of bread and bread and bread again." for n in range(40)),
         "The ferry sank in spring."]
    )  # fmt: skip
    short = excerpt(life, "What of the ferry?", 60)
    assert short.startswith("Ada, 40.") and "ferry sank" in short and len(short.split()) <= 60
    assert excerpt(life, "ferry", 10_000) == life
    view = ExpectView(life=life, situation="The ferry?").within(80)
    assert len(view.life.split()) <= 80 and view.situation == "The ferry?"
    many = AnswersView(
        exchanges=tuple(Exchange(situation=f"s{n} x", answer="a b c") for n in range(10))
    )
    assert [one.situation for one in many.within(20).exchanges] == ["s0 x", "s2 x", "s5 x", "s7 x"]
    assert many.within(1000) == many


def test_a_form_does_not_say_which_answer_is_whose() -> None:
    names = [name for name, _ in VIEWS["similarity"].parts]
    assert names == ["Situation", "First answer", "Second answer"]
    assert ANSWER in VIEWS["describe"].parts[0][1]
