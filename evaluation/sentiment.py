"""How pleasant a text sounds, by VADER: a lexicon of English words with rules.

Hutto and Gilbert (2014), VADER: A parsimonious rule-based model for sentiment analysis of social
media text, Proceedings of ICWSM 8, 216-225. It is applied sentence by sentence.
"""

from collections.abc import Sequence

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from evaluation.intervals import Interval, mean_interval
from simulacra.domain.base import Frozen
from simulacra.sentences import sentences_of

_CLEAR = 0.05
"""From this compound score on a sentence counts as positive or negative, as its authors say."""


class Sentiment(Frozen):
    """Mean compound score of a text's sentences, -1 (unpleasant) to 1 (pleasant).

    ``positive`` and ``negative`` are shares of sentences. All are None or 0 where there is no text.
    """

    sentences: int
    mean: float | None = None
    interval: Interval | None = None
    positive: float = 0.0
    negative: float = 0.0


def sentiment_of(texts: Sequence[str], *, seed: int = 0) -> Sentiment:
    """The sentiment of some texts together; the interval is over their sentences."""
    sentences = [sentence for text in texts for sentence in sentences_of(text, by_line=True)]
    if not sentences:
        return Sentiment(sentences=0)
    analyser = SentimentIntensityAnalyzer()
    scores = [float(analyser.polarity_scores(one)["compound"]) for one in sentences]
    return Sentiment(
        sentences=len(scores),
        mean=sum(scores) / len(scores),
        interval=mean_interval(scores, seed=seed),
        positive=sum(one >= _CLEAR for one in scores) / len(scores),
        negative=sum(one <= -_CLEAR for one in scores) / len(scores),
    )
