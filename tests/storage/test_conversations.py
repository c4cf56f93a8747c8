import pytest

from simulacra.domain.run import PersonaRef
from simulacra.errors import UnknownName
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
