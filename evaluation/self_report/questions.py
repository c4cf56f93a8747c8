"""The questions of a persona as an instrument, and the responses back by question."""

from collections.abc import Mapping

from simulacra.domain.answer import Response
from simulacra.domain.persona import Persona, SelfReportQuestion
from simulacra.domain.survey import Instrument, Item, Kind, Option
from simulacra.errors import InputError

_ITEM_KINDS = {"cloze": Kind.SHORT_TEXT, "single": Kind.SINGLE, "multiple": Kind.MULTI}


def instrument_of(persona: Persona) -> Instrument:
    """The questions of a persona as an instrument: items q01, q02, ... in the order they stand.

    How many options are right is told with every multiple choice, to every respondent alike.

    Raises:
        InputError: the persona has no questions.
    """
    if not persona.questions:
        raise InputError(
            f"{persona.name} has no self-report questions: make them with "
            f"`simulacra persona questions {persona.id}`, or import some"
        )
    return Instrument(
        id=f"self-report-{persona.id}",
        title=f"Self report of {persona.name}",
        items=tuple(
            _item(question, item_id)
            for question, item_id in zip(persona.questions, _item_ids(persona), strict=True)
        ),
    )


def by_question(persona: Persona, responses: Mapping[str, Response]) -> dict[str, Response]:
    """The responses by the id of the question instead of the item's."""
    return {
        question.id: responses[item_id]
        for question, item_id in zip(persona.questions, _item_ids(persona), strict=True)
    }


def _item_ids(persona: Persona) -> list[str]:
    return [f"q{number:02d}" for number in range(1, len(persona.questions) + 1)]


def _item(question: SelfReportQuestion, item_id: str) -> Item:
    keys = len(set(question.answer))
    return Item(
        id=item_id,
        kind=_ITEM_KINDS[question.kind],
        text=question.text,
        options=tuple(Option(code=code, label=text) for code, text in question.options.items()),
        choose=(keys, keys) if question.kind == "multiple" else None,
    )
