"""What a person knows of themselves, as sentences."""

from hypothesis import given
from hypothesis import strategies as st

from simulacra.domain.persona import Persona, Profile
from simulacra.memory.self_knowledge import self_knowledge
from tests.support.people import ilka


def test_facts_then_traits_in_a_fixed_order() -> None:
    known = self_knowledge(ilka())
    assert [memory.id for memory in known] == [f"k{n:03d}" for n in range(1, len(known) + 1)]
    assert {memory.origin for memory in known} == {"self"}
    told = [memory.content for memory in known]
    assert told[:4] == [
        "My name is Ilka Varga.",
        "My gender is female.",
        "I am 54 years old.",
        "My birthday, the date of my birth, is 1972-03-09.",
    ]
    assert "My hobbies are mending radios, pickling, chess by post." in told
    assert told[-4:] == [
        "My marital status: widowed.",
        "My handedness: left.",
        *(trait.text for trait in ilka().personality.traits),
    ]


def test_what_is_unknown_is_not_said() -> None:
    bare = Persona(id="x", name="X", source="written", profile=Profile(gender="male", age=0))
    assert [memory.content for memory in self_knowledge(bare)] == [
        "My name is X.",
        "My gender is male.",
        "I am 0 years old.",
    ]


def test_a_sentence_ends_once() -> None:
    profile = Profile(gender="male", age=3, place="A house by the sea.")
    persona = Persona(id="x", name="X", source="written", profile=profile)
    assert "I live in A house by the sea." in [one.content for one in self_knowledge(persona)]


@given(st.dictionaries(st.text("ab{}_", min_size=1, max_size=5), st.text("xy{}", min_size=1)))
def test_any_attribute_can_be_told(attributes: dict[str, str]) -> None:
    profile = Profile(gender="male", age=3, attributes=attributes)
    persona = Persona(id="x", name="X", source="written", profile=profile)
    told = [one.content for one in self_knowledge(persona)][3:]
    assert told == [f"My {name.replace('_', ' ')}: {value}." for name, value in attributes.items()]
