"""The sentences of recalled memories that bear on a question: for models with little room."""

from collections.abc import Sequence

from simulacra.domain.memory import Recalled
from simulacra.memory.lexical import LexicalIndex
from simulacra.sentences import sentences_of


def key_sentences(recalled: Sequence[Recalled], query: str, limit: int) -> list[str]:
    """At most ``limit`` sentences of the recalled contents, nearest to the query by BM25.

    They come in the order of the memories and, within one, of its text. Where fewer sentences share
    a word with the query, first sentences of the best memories fill up.
    """
    sentences = [
        sentence
        for one in recalled
        for sentence in sentences_of(one.memory.content)
        if len(sentence.split()) > 2
    ]
    ids = [f"{number:04d}" for number in range(len(sentences))]
    found = [int(one) for one, _ in LexicalIndex(ids, sentences).search(query)]
    chosen = (found + [number for number in range(len(sentences)) if number not in found])[:limit]
    return [sentences[number] for number in sorted(chosen)]
