import pytest

from simulacra.domain.run import Mechanism, PersonaRef
from simulacra.errors import InputError, UnknownName
from simulacra.storage.conversations import ConversationRepository
from simulacra.storage.database import Database
from tests.support.studies import call, reply

ADA, MAX = PersonaRef(id="ada", version=2), PersonaRef(id="max", version=1)


@pytest.fixture
def conversations(database: Database) -> ConversationRepository:
    times = iter(range(1_800_000_000, 1_900_000_000))
    return ConversationRepository(database, clock=lambda: float(next(times)))


def test_turns_come_back_in_order(conversations: ConversationRepository) -> None:
    begun = conversations.start(ADA, "cognitive", "embedded")
    said = [
        conversations.add(begun.id, "Good day", reply("Hello", calls=[call()])),
        conversations.add(begun.id, "And now?", reply("We talk")),
    ]
    assert [turn.position for turn in said] == [0, 1]
    assert conversations.turns(begun.id) == said
    assert conversations.get(begun.id) == begun.model_copy(update={"turns": 2})


def test_the_list_begins_with_the_newest(conversations: ConversationRepository) -> None:
    first = conversations.start(ADA, "profile", "embedded")
    second = conversations.start(MAX, "cognitive", "openai:m")
    third = conversations.start(ADA, "cognitive", "embedded")
    assert conversations.list() == [third, second, first]
    assert conversations.list("ada") == [third, first]


def test_an_unknown_conversation_is_said(conversations: ConversationRepository) -> None:
    with pytest.raises(UnknownName, match="no conversation 'x'"):
        conversations.add("x", "Hello?", reply())
    with pytest.raises(UnknownName):
        conversations.turns("x")
    with pytest.raises(UnknownName):
        conversations.get("x")


def test_a_branch_shares_the_turns_before_it(conversations: ConversationRepository) -> None:
    begun = conversations.start(ADA, Mechanism(mode="fused", without=("memory",)), "embedded")
    first, second = (conversations.add(begun.id, text, reply(text)) for text in ("One", "Two"))
    branch = conversations.branch(begun.id, 1)
    other = conversations.add(branch.id, "Else", reply("Other"))
    assert conversations.turns(branch.id) == [first, other]
    assert conversations.turns(begun.id) == [first, second]
    assert (other.position, conversations.get(branch.id).turns) == (1, 2)
    assert conversations.get(branch.id).way == begun.way
    twice = conversations.branch(branch.id, 2)
    assert conversations.turns(twice.id) == [first, other]
    for at in (0, 3):
        with pytest.raises(InputError, match="1 to 2"):
            conversations.branch(begun.id, at)


def test_a_replaced_reply_is_kept(conversations: ConversationRepository) -> None:
    begun = conversations.start(ADA, "cognitive", "embedded")
    conversations.add(begun.id, "Hello", reply("First", calls=[call()]))
    conversations.replace(begun.id, reply("Second"))
    [turn] = conversations.turns(begun.id)
    [old] = conversations.set_aside(begun.id)
    assert turn.reply.text == "Second"
    assert (old.reason, old.position, old.reply.text) == ("superseded", 0, "First")
    branch = conversations.branch(begun.id, 1)
    with pytest.raises(InputError, match="own"):
        conversations.replace(branch.id, reply("Third"))


def test_the_calls_of_a_reply_that_never_came_are_kept(
    conversations: ConversationRepository,
) -> None:
    begun = conversations.start(ADA, "cognitive", "embedded")
    conversations.fail(begun.id, "Hello", [call()])
    [failed] = conversations.set_aside(begun.id)
    assert (failed.reason, failed.text, failed.reply.calls) == ("failed", "Hello", (call(),))
    assert conversations.turns(begun.id) == []
