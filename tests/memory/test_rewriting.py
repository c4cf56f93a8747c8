from personas.formats.packs import read_pack
from simulacra.memory.exact import ExactIndex
from simulacra.memory.recall import Recaller
from simulacra.memory.rewriting import query_of, rewriting_request
from tests.memory.test_passages import PACK
from tests.support.embedders import HashEmbedder
from tests.support.snapshots import Snapshots

SAID = [(f"Question {n}?", f"Answer {n}.") for n in range(5)]


def test_the_first_message_stands_alone() -> None:
    assert rewriting_request([], "Who sent you a spoon?") is None


def test_the_request_holds_the_latest_exchanges_and_the_message(snapshots: Snapshots) -> None:
    request = rewriting_request([*SAID, ("Who raised you?", "My aunt.")], "Was she kind?", seed=3)
    assert request is not None and (request.agent, request.seed) == ("memory", 3)
    (message,) = request.messages
    assert "Question 3?" in message.text and "Question 2?" not in message.text
    snapshots.check("rewrite_query", message.text + "\n")


def test_a_rewritten_question_is_added_and_anything_else_is_not() -> None:
    assert (
        query_of("Was she kind?", '"Was your aunt kind?"\n') == "Was she kind? Was your aunt kind?"
    )
    for reply in ("", "  ", "Was she kind?", "Sure!\nHere it is: ...", "x" * 400):
        assert query_of("Was she kind?", reply) == "Was she kind?"


def test_what_stands_for_something_is_found_by_its_name() -> None:
    recaller, tove = Recaller(ExactIndex(), HashEmbedder()), read_pack(PACK)
    query = query_of("Did it hold?", "Did the rope hold?")
    assert recaller.recall(tove, query, k=1)[0].memory.id == "m02"
