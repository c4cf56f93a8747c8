"""Text cut into sentences."""

from hypothesis import given
from hypothesis import strategies as st

from simulacra.sentences import first_sentence, sentence_places, sentences_of

TEXTS = st.text(st.sampled_from('aB1 .!?"”’…\n\tDr.'), max_size=60)


@given(TEXTS, st.booleans())
def test_every_word_is_in_one_sentence_and_in_order(text: str, by_line: bool) -> None:
    last = 0
    for start, end in sentence_places(text, by_line=by_line):
        assert last <= start < end <= len(text)
        assert not text[last:start].strip(), "nothing lies between sentences"
        assert text[start:end] == text[start:end].strip()
        assert not (by_line and "\n" in text[start:end])
        last = end
    assert not text[last:].strip()


def test_abbreviations_and_decimals_end_none() -> None:
    text = 'I met Mr. J. K. Rowe in St. Petersburg at 5 p.m. on foot. "No!" he said. It was 3.5 km.'
    assert sentences_of(text) == [
        "I met Mr. J. K. Rowe in St. Petersburg at 5 p.m. on foot.",
        '"No!" he said.',
        "It was 3.5 km.",
    ]
    assert first_sentence(text).endswith("on foot.")
    assert first_sentence("  \n") == ""


def test_common_words_are_no_abbreviations() -> None:
    text = "We ran to the depot. Forty trams stood by the wall. On the bus. (See vol. II of it.)"
    assert sentences_of(text) == [
        "We ran to the depot.",
        "Forty trams stood by the wall.",
        "On the bus.",
        "(See vol. II of it.)",
    ]


def test_lines_end_one_where_asked() -> None:
    text = "Born in a town\nby the sea. Gone.\n\nBack"
    assert sentences_of(text) == ["Born in a town\nby the sea.", "Gone.", "Back"]
    assert sentences_of(text, by_line=True) == ["Born in a town", "by the sea.", "Gone.", "Back"]
