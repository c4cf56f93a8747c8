"""What a model sees of a candidate, and who stands beside it."""

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from personas.selection.candidates import described, nearest, summary
from personas.selection.scoring import prompts
from simulacra.domain.call import Request
from simulacra.domain.persona import FACETS, Persona, Personality
from simulacra.domain.selection import ProfileField
from tests.support.candidates import candidate
from tests.support.people import ilka
from tests.support.snapshots import Snapshots, readable


def test_every_field_is_one_that_a_contradiction_can_name() -> None:
    names = [field for field, _ in described(ilka())]
    assert set(names) <= set(get_args(ProfileField))
    assert len(names) == len(set(names))
    assert "personality" in [field for field, _ in described(candidate(1))]


def test_the_personality_is_told_in_words() -> None:
    facets = dict.fromkeys(FACETS, 3) | {"trust": 1, "anxiety": 5, "modesty": 4}
    functions = ("Ni", "Te", "Fe", "Si", "Ti", "Se", "Ne", "Fi")
    person = candidate(1).model_copy(
        update={"personality": Personality(facets=facets, functions=functions)}
    )
    told = dict(described(person))["personality"]
    assert told == (
        "neuroticism 3.3, extraversion 3.0, openness 3.0, agreeableness 2.8, conscientiousness 3.0 "
        "(1 to 5); very high anxiety, very low trust; "
        "functions, strongest first: Ni Te Fe Si Ti Se Ne Fi"
    )


def test_a_summary_is_one_line() -> None:
    assert "\n" not in summary(candidate(3))
    assert summary(candidate(3)).startswith("Person 003; male; 41; welder; Porto, Portugal; ")


def test_the_most_similar_stand_first() -> None:
    one = candidate(0)
    twin = one.model_copy(update={"id": "twin", "name": "Twin"})
    cousin = candidate(0, hobbies=("stilts",)).model_copy(update={"id": "cousin"})
    stranger = candidate(7)
    found = nearest([stranger, cousin, one, twin], 2)
    assert [other.id for other in found[one.id]] == ["twin", "cousin"]
    assert all(own not in [other.id for other in others] for own, others in found.items())


def test_ties_go_by_id() -> None:
    same = [candidate(0).model_copy(update={"id": name}) for name in ("c", "a", "d", "b")]
    assert [other.id for other in nearest(same, 2)["c"]] == ["a", "b"]


@given(st.permutations([candidate(number) for number in range(8)]))
def test_the_order_of_candidates_decides_nothing(people: list[Persona]) -> None:
    assert nearest(people, 3) == nearest(sorted(people, key=lambda one: one.id), 3)


def test_nobody_else_is_nobody_beside() -> None:
    assert nearest([candidate(1)], 3) == {"sample-001": ()}


def test_the_prompt_as_rendered(snapshots: Snapshots) -> None:
    people = [ilka(), candidate(1), candidate(2)]
    alone, crowd = prompts([ilka()], 3), prompts(people, 3)
    for name, prompt in (("alone", alone["ilka-varga"]), ("beside", crowd["sample-001"])):
        request = Request(
            agent="select",
            prompt_name=prompt.name,
            prompt_hash=prompt.hash,
            messages=prompt.messages,
            max_tokens=10,
            temperature=0.0,
        )
        snapshots.check(f"select_{name}", readable(request))
