"""Who will not say, or does not know, is heard so on every kind of item."""

import json

import pytest

from simulacra.domain.answer import Missing, MissingCode, Reply
from simulacra.domain.survey import Kind
from simulacra.survey.parse import read_reply
from tests.support.minds import question

ASKABLE = [kind for kind in Kind if kind.askable]


@pytest.mark.parametrize("kind", ASKABLE)
@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("I'd rather not say.", MissingCode.REFUSED),
        ("I don't want to answer that.", MissingCode.REFUSED),
        ("I don't know.", MissingCode.DONT_KNOW),
        ("No idea.", MissingCode.DONT_KNOW),
    ],
)
def test_who_declines_is_not_forced(kind: Kind, said: str, code: MissingCode) -> None:
    asked = question(kind)
    for text in (said, json.dumps({"answer": said})):
        response = read_reply(asked, Reply(text=text))
        assert isinstance(response, Missing) and response.code is code, (text, response)
