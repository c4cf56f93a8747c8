from hypothesis import given
from hypothesis import strategies as st

from personas.authoring.manuscript import Chapter
from personas.authoring.repeats import PHRASE, repeats


def chapters(*texts: str) -> list[Chapter]:
    return [
        Chapter(id=f"e{n}", when="1990", age=5, title="", paragraphs=(text,))
        for n, text in enumerate(texts)
    ]


def test_a_long_phrase_is_found_at_its_longest_whatever_its_case() -> None:
    first = "At dawn the old grey ferry came round the bend with no lights."
    second = "Years later, The Old Grey Ferry came round the bend with no crew."
    (found,) = repeats(chapters(first, "Nothing here.", second))
    assert (found.chapter, found.earlier) == ("e2", "e0")
    assert found.phrase == "The Old Grey Ferry came round the bend with no"


def test_seven_words_may_return_and_a_chapter_may_repeat_itself() -> None:
    seven = "one two three four five six seven"
    assert repeats(chapters(f"{seven} a", f"{seven} b")) == []
    eight = f"{seven} eight"
    assert repeats(chapters(f"{eight} x {eight}", "other")) == []


@given(st.lists(st.lists(st.sampled_from("ab"), max_size=25), min_size=1, max_size=4))
def test_exactly_the_shared_phrases_are_found(texts: list[list[str]]) -> None:
    found = repeats(chapters(*(" ".join(words) for words in texts)))
    for number, words in enumerate(texts):
        before = {
            tuple(other[at : at + PHRASE])
            for other in texts[:number]
            for at in range(len(other) - PHRASE + 1)
        }
        shared = {
            gram
            for at in range(len(words) - PHRASE + 1)
            if (gram := tuple(words[at : at + PHRASE])) in before
        }
        named = {
            tuple(phrase[at : at + PHRASE])
            for one in found
            if one.chapter == f"e{number}"
            for phrase in [one.phrase.split()]
            for at in range(len(phrase) - PHRASE + 1)
        }
        assert named == shared
