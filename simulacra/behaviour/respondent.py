"""A simulated respondent: answers follow from known levels, curves and effects, without a model."""

import math
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from simulacra.behaviour.graded import (
    category_probabilities,
    curve_of,
    drawn,
    normal,
    tilted,
    uniform,
)
from simulacra.domain.answer import Answer, Reply, Response
from simulacra.domain.base import Frozen
from simulacra.domain.behaviour import (
    Acquiescence,
    Behaviour,
    Curve,
    Effect,
    Follow,
    ItemOrder,
    NonResponse,
    OptionOrder,
    Shift,
)
from simulacra.domain.call import Call
from simulacra.domain.persona import Persona
from simulacra.domain.survey import Instrument, Item, Kind, Option, Question

_MIDDLE = 3.0
_OF_DOMAINS, _OF_FACETS = 0.7, 1.0  # standard deviations of Big Five levels, from 1 to 5
_MIDDLE_RANK, _OF_RANKS = 4.5, 2.3  # of the eight functions, the first the strongest
_DAYS = 250_000.0  # some 700 years on either side of 1970
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_DECLINES = {
    "dont_know": "I don't know.",
    "refused": "I'd rather not say.",
    "unreadable": "Well, that is hard to put.",
}


class Seen(Frozen):
    """What a simulated respondent carries through the interview."""

    condition: str = ""
    texts: tuple[str, ...] = ()
    answered: int = 0

    def after(self, question: Question, reply: Reply | None, response: Response) -> "Seen":  # noqa: ARG002
        """Once a question was put: its texts were seen, and one more was answered."""
        if reply is None:
            return self
        return self.with_texts(question).model_copy(update={"answered": self.answered + 1})

    def with_texts(self, question: Question) -> "Seen":
        """With what a question shows."""
        seen = f"{question.instructions}\n{question.shown}".casefold()
        return self.model_copy(update={"texts": (*self.texts, seen)})


class SimulatedRespondent:
    """One person of a behavioural population, with the instrument that they will be asked."""

    def __init__(self, persona: Persona, instrument: Instrument, behaviour: Behaviour) -> None:
        self._person, self._behaviour = persona.id, behaviour
        self._items = {item.id: item for item in instrument.items}
        self._levels: dict[str, float] = {}
        if behaviour.levels == "personality":
            facets, domains = persona.personality.facets, persona.personality.domain_levels()
            self._levels = {
                **{name: (level - _MIDDLE) / _OF_FACETS for name, level in facets.items()},
                **{name: (level - _MIDDLE) / _OF_DOMAINS for name, level in domains.items()},
                **{
                    name: (_MIDDLE_RANK - rank) / _OF_RANKS
                    for rank, name in enumerate(persona.personality.functions, start=1)
                },
            }

    def opening(self, condition: str = "") -> Seen:
        """The state before the first question, in a condition of the study."""
        return Seen(condition=condition)

    def level(self, scale: str) -> float:
        """The known level on a scale, in standard deviations of the population."""
        if scale in self._levels:
            return self._levels[scale]
        return normal(self._behaviour.seed, "level", self._person, scale)

    async def ask(
        self,
        question: Question,
        state: Seen,
        *,
        seed: int,
        temperature: float,  # noqa: ARG002
        unreadable: Reply | None = None,
        earlier: tuple[Call, ...] = (),  # noqa: ARG002
    ) -> Reply:
        """The reply, in words that the parser reads as it reads any other; the same for a seed."""
        item = self._items[question.item_id]
        seen = state.with_texts(question)
        effects = [one for one in self._behaviour.effects if _works(one, item, seen)]
        for one in effects:
            if isinstance(one, NonResponse) and uniform(seed, "non-response") < one.rate:
                return Reply(text=_DECLINES[one.why])
        if unreadable is not None:
            seed += 1
        level = self._level_at(item, effects, state)
        if question.kind.closed and question.kind != Kind.MULTI:
            return self._choice(question, item, level, effects, seed)
        return Reply(text=_said(question, level, seed))

    async def ask_page(
        self,
        questions: Sequence[Question],
        state: Seen,
        *,
        seeds: Sequence[int],
        temperature: float,
        earlier: tuple[Call, ...] = (),  # noqa: ARG002
    ) -> tuple[Reply, ...]:
        """The replies to the questions of a page: the same as one by one."""
        replies: list[Reply] = []
        for question, seed in zip(questions, seeds, strict=True):
            reply = await self.ask(question, state, seed=seed, temperature=temperature)
            state = state.after(question, reply, Answer())
            replies.append(reply)
        return tuple(replies)

    def _level_at(self, item: Item, effects: list[Effect], state: Seen) -> float:
        level = self.level(item.scale or item.id)
        for one in effects:
            if isinstance(one, Shift):
                level += one.by
            elif isinstance(one, ItemOrder):
                level += one.by * state.answered
        return -level if item.reverse else level

    def _choice(
        self, question: Question, item: Item, level: float, effects: list[Effect], seed: int
    ) -> Reply:
        for one in effects:
            if not isinstance(one, Follow) or one.code not in question.order:
                continue
            if uniform(seed, "follow", one.code) < one.rate:
                return Reply(text=_label(question, one.code), selection=(one.code,))
        options = [option for option in item.options if option.code in question.order]
        substantive = [option for option in options if option.missing is None]
        options = _in_order(item, substantive or options)
        probabilities = self._probabilities(item, options, level)
        gains = [math.fsum(_gains(effects, question, options, at)) for at in range(len(options))]
        probabilities = tilted(probabilities, gains)
        chosen = options[drawn(probabilities, uniform(seed, "answer"))]
        return Reply(
            text=_label(question, chosen.code),
            selection=(chosen.code,),
            probabilities={
                option.code: round(one, 6)
                for option, one in zip(options, probabilities, strict=True)
            },
        )

    def _probabilities(self, item: Item, options: list[Option], level: float) -> list[float]:
        """Of an ordered item by its curve; of others in proportion to each option's own appeal."""
        if len(options) == 1:
            return [1.0]
        if item.kind == Kind.RATING or item.scale is not None:
            curve = self._curve(item, len(options))
            return category_probabilities(curve, level)
        appeals = [self._appeal(item, option) for option in options]
        return tilted([1 / len(options)] * len(options), appeals)

    def _curve(self, item: Item, categories: int) -> Curve:
        curve = curve_of(self._behaviour, item.id, categories)
        if len(curve.thresholds) == categories - 1:
            return curve
        return curve_of(self._behaviour.model_copy(update={"curves": {}}), item.id, categories)

    def _appeal(self, item: Item, option: Option) -> float:
        return 0.5 * normal(self._behaviour.seed, "appeal", self._person, item.id, option.code)


def _in_order(item: Item, options: list[Option]) -> list[Option]:
    """The options of a scale from its lowest code up, however they are listed; others as listed."""
    scaled = item.kind == Kind.RATING or item.scale is not None
    if not scaled or not all(_NUMBER.fullmatch(option.code) for option in options):
        return options
    return sorted(options, key=lambda option: float(option.code))


def _works(effect: Effect, item: Item, seen: Seen) -> bool:
    """Whether an effect is at work on an item now."""
    if effect.items or effect.scale is not None:
        here = item.id in effect.items or item.group in effect.items
        if not here and (effect.scale is None or effect.scale != item.scale):
            return False
    if effect.condition is not None and effect.condition != seen.condition:
        return False
    words = effect.seen
    return words is None or any(words.casefold() in text for text in seen.texts)


def _gains(
    effects: list[Effect], question: Question, options: list[Option], at: int
) -> Iterator[float]:
    """What an option gains in log-odds: by where it was shown, and by how much it agrees."""
    last = max(1, len(options) - 1)
    shown = [code for code in question.order if any(one.code == code for one in options)]
    for one in effects:
        if isinstance(one, OptionOrder):
            yield one.first * (1 - shown.index(options[at].code) / last)
        elif isinstance(one, Acquiescence) and question.kind == Kind.RATING:
            yield one.by * at / last


def _label(question: Question, code: str) -> str:
    return next(option.label for option in question.options if option.code == code)


def _said(question: Question, level: float, seed: int) -> str:
    """The reply to an item that is no single choice, as words."""
    if question.kind.numeric:
        return f"{_amount(question, level, seed):g}"
    if question.kind == Kind.DATE:
        return _day(question, seed)
    if question.kind.optioned:
        return _arranged(question, seed)
    return f"Simulated words {seed % 10_000}."


def _day(question: Question, seed: int) -> str:
    """Any day in the range that is asked for; without one, of the years from 1950 to 1999."""
    least = -7305.0 if question.minimum is None else min(max(question.minimum, -_DAYS), _DAYS)
    most = (
        least + 18_262.0 if question.maximum is None else max(min(question.maximum, _DAYS), least)
    )
    days = least + math.floor(uniform(seed, "day") * (most - least + 1))
    return str(date(1970, 1, 1) + timedelta(days=days))


def _amount(question: Question, level: float, seed: int) -> float:
    """Around the middle of the range, a sixth of it for each standard deviation; whole steps."""
    least = 0.0 if question.minimum is None else question.minimum
    most = least + 100.0 if question.maximum is None else question.maximum
    noisy = 0.8 * level + 0.6 * normal(seed, "amount")
    value = (least + most) / 2 + noisy * (most - least) / 6
    step = question.step or 1.0
    value = least + step * round((value - least) / step)
    highest = least + step * math.floor((most - least) / step)
    return min(max(value, least), highest)


def _arranged(question: Question, seed: int) -> str:
    """Options chosen, ranked or given shares by chance, line by line."""
    open_ = [one for one in question.options if not one.exclusive and one.missing is None]
    free = open_ or list(question.options)
    appeal = {one.code: normal(seed, "appeal", one.code) for one in free}
    ranked = sorted(free, key=lambda one: (-appeal[one.code], one.code))
    if question.kind == Kind.RANKING:
        many = question.choose[1] if question.choose else len(question.options)
        order = ranked if many < len(question.options) else [*ranked, *_rest(question, ranked)]
        return "\n".join(f"{at}. {one.label}" for at, one in enumerate(order[:many], start=1))
    if question.kind == Kind.MULTI:
        least, most = question.choose or (1, len(ranked))
        likely = sum(value > 0 for value in appeal.values())
        return "\n".join(one.label for one in ranked[: min(max(likely, least, 1), most)])
    total = int(question.total or 100)
    weights = [math.exp(appeal[one.code]) for one in free]
    shares = [math.floor(total * weight / math.fsum(weights)) for weight in weights]
    shares[0] += total - sum(shares)
    pairs = zip(free, shares, strict=True)
    return "\n".join(f"{one.label}: {share}" for one, share in pairs)


def _rest(question: Question, ranked: list[Option]) -> list[Option]:
    return [option for option in question.options if option not in ranked]
