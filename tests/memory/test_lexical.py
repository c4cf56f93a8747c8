from simulacra.memory.lexical import LexicalIndex

TEXTS = {
    "a": "The cats were running through the garden.",
    "b": "A dog slept in the garden all day.",
    "c": "Nothing happened.",
}


def index() -> LexicalIndex:
    return LexicalIndex(list(TEXTS), list(TEXTS.values()))


def test_words_match_by_their_stem() -> None:
    assert [one for one, _ in index().search("cat runs")] == ["a"]


def test_only_texts_that_share_a_word_are_found_best_first() -> None:
    found = index().search("Was there a dog in the garden?")
    assert [one for one, _ in found] == ["b", "a"]
    assert found[0][1] > found[1][1] > 0


def test_stop_words_find_nothing() -> None:
    assert index().search("what do you have of the and was") == []
    assert index().search("") == []
    assert index().search("zeppelin") == []


def test_nothing_to_search() -> None:
    assert LexicalIndex([], []).search("cat") == []
    assert LexicalIndex(["a"], ["the of"]).search("cat") == []


def test_ties_are_broken_by_id() -> None:
    tied = LexicalIndex(["b", "a"], ["a red boat", "a red boat"])
    assert [one for one, _ in tied.search("boats")] == ["a", "b"]
