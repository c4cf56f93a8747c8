"""An item of an instrument becomes the question that one respondent sees."""

from collections.abc import Mapping, Sequence

from simulacra.domain.answer import Response
from simulacra.domain.survey import Instrument, Item, Kind, Option, Question
from simulacra.survey.condition import parse_condition
from simulacra.survey.orders import Draw, balanced
from simulacra.survey.piping import fill
from simulacra.survey.values import truth


def present(
    item: Item,
    instrument: Instrument,
    draw: Draw,
    responses: Mapping[str, Response],
    *,
    lead: Sequence[str] = (),
) -> Question:
    """The question as shown: earlier answers filled in, options that apply, in their order.

    Where the item shuffles, orders are balanced over the study's respondents. Options that are
    fixed, exclusive or stand for a missing answer keep their place; a rating keeps its direction or
    is turned round as a whole, so that neighbours stay neighbours. ``lead`` are the texts shown
    since the last question.
    """
    items = {one.id: one for one in instrument.items} if _pipes(item, lead) else {}

    def filled(text: str) -> str:
        return fill(text, items, responses, seed=draw.respondent)

    options = [
        option.model_copy(update={"label": filled(option.label)})
        for option in item.options
        if option.condition is None or truth(parse_condition(option.condition).value(responses))
    ]
    return Question(
        item_id=item.id,
        kind=item.kind,
        lead="\n\n".join(filled(text) for text in lead),
        text=filled(item.text),
        options=tuple(_ordered(item, options, draw) if item.shuffle else options),
        minimum=item.minimum,
        maximum=item.maximum,
        step=item.step,
        choose=item.choose,
        total=item.total,
        low=filled(item.low),
        high=filled(item.high),
        required=item.required,
        language=instrument.language,
        instructions=filled(f"{instrument.instructions} {item.help}".strip()),
    )


def _pipes(item: Item, lead: Sequence[str]) -> bool:
    """Whether any of the texts may hold a pipe."""
    texts = (item.text, item.help, item.low, item.high, *lead)
    return any("${" in text for text in (*texts, *(option.label for option in item.options)))


def _ordered(item: Item, options: list[Option], draw: Draw) -> list[Option]:
    movable = [option for option in options if not _stays(option)]
    if item.kind == Kind.RATING:
        turned = balanced((False, True), draw, f"direction {item.id}")[0]
        shown: Sequence[Option] = movable[::-1] if turned else movable
    else:
        shown = balanced(movable, draw, f"options {item.id}")
    following = iter(shown)
    return [option if _stays(option) else next(following) for option in options]


def _stays(option: Option) -> bool:
    return option.fixed or option.exclusive or option.missing is not None
