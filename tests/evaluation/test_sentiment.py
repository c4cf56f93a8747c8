import pytest

from evaluation.sentiment import sentiment_of


def test_the_scores_are_those_of_vader() -> None:
    # The first two are worked examples of the package's own documentation.
    good = sentiment_of(["VADER is smart, handsome, and funny."])
    assert good.mean == pytest.approx(0.8316)
    assert sentiment_of(["VADER is not smart, handsome, nor funny."]).mean == pytest.approx(-0.7424)
    assert sentiment_of(["The book was on the table."]).mean == 0


def test_a_text_is_the_mean_of_its_sentences() -> None:
    both = sentiment_of(["It was wonderful! It was horrible.\n\nA table stood there."])
    assert both.sentences == 3
    assert both.positive == both.negative == pytest.approx(1 / 3)
    assert both.interval is not None and both.interval.low < 0 < both.interval.high


def test_no_text_has_no_sentiment() -> None:
    none = sentiment_of(["", "  \n"])
    assert (none.sentences, none.mean, none.interval) == (0, None, None)
