import pytest
from hypothesis import given
from hypothesis import strategies as st

from personas.checks.wording import opposed, unlike, within

TEXTS = st.sampled_from(
    ["left ear", "his left ear, nearly deaf", "right thumb", "grey", "a grey cat", "three of them",
     "two, Ana and Ben", "genotype AA", "genotype AS", "pancreas", "heart failure", ""]
)  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("left ear", "his left ear, nearly deaf"),
        ("cancer of the pancreas", "pancreatic cancer"),
        ("hull welder", "welder at the shipyard"),
        ("two, Yeny and Wilber", "two small ones"),
        ("grey", "a grey tabby"),
        ("illness", "heart failure"),
        ("90,000 pesetas of rent", "rent for 12 acres"),
        ("1,200 olive trees", "1200 olive trees"),
    ],
)
def test_one_thing_in_other_words(one: str, other: str) -> None:
    assert not unlike(one, other) and not unlike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("left", "right"),
        ("left ring finger", "right thumb"),
        ("two, Ana and Ben", "three, Ana, Ben and Cleo"),
        ("a grey cat", "a white cat"),
        ("genotype AA", "genotype AS"),
        ("heart failure", "drowned"),
        ("dealer in Peugeot parts", "customs clerk"),
    ],
)
def test_two_things(one: str, other: str) -> None:
    assert unlike(one, other) and unlike(other, one)


@given(TEXTS, TEXTS)
def test_the_order_does_not_count_and_nothing_excludes_itself(one: str, other: str) -> None:
    assert unlike(one, other) == unlike(other, one)
    assert opposed(one, other) == opposed(other, one)
    assert not unlike(one, one)
    assert not opposed(one, other) or unlike(one, other)


def test_within() -> None:
    assert within("eats okpa", "eating okpa from the junction")
    assert not within("eats okpa", "sells okpa") and not within("", "anything")
