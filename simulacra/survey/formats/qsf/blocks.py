"""Blocks: pages, random order, loops, and the skips that lead on within them."""

from collections.abc import Mapping, Sequence
from typing import Any

from simulacra.domain.flow import Block, Loop, Round
from simulacra.domain.survey import Item, Kind, Skip
from simulacra.survey.expression import Comparison, Constant, Expression, Not
from simulacra.survey.formats.qsf import operands
from simulacra.survey.formats.qsf.document import Json, elements_of, mapping, text, texts, whole
from simulacra.survey.formats.qsf.locators import Locator
from simulacra.survey.formats.qsf.logic import condition
from simulacra.survey.formats.qsf.loops import NUMERIC, Turn, driver_of, loop_of
from simulacra.survey.formats.qsf.operands import NotExpressed
from simulacra.survey.formats.qsf.piping import piped
from simulacra.survey.formats.qsf.targets import Reading, Target
from simulacra.survey.writing import condition_text

_ENDS = {"ENDOFBLOCK": "end_of_block", "ENDOFSURVEY": "end_of_survey"}
_NOT_SHUFFLED = ("", "false", "none")

Items = Mapping[str, Sequence[Item]]


def block_of(reading: Reading, block: Json, items: Items) -> Block:
    """A block; ``items`` are those of each question by its id."""
    block_id = text(block.get("ID"))
    pages: list[list[str]] = [[]]
    waiting = dict(items)
    for element in elements_of(block):
        if text(element.get("Type")) == "Page Break":
            pages.append([])
        pages[-1] += [item.id for item in waiting.pop(text(element.get("QuestionID")), ())]
    order = _order(reading, block, items)
    return Block(
        id=block_id,
        title=text(block.get("Description")),
        pages=tuple(tuple(page) for page in pages if page),
        loop=_loop(reading, block),
        **order,
    )


def never_shown(block: Json) -> set[str]:
    """Ids of the questions that a block's random order never shows."""
    advanced = _advanced(block)
    shown = {*texts(advanced.get("RandomizeAll")), *texts(advanced.get("RandomSubSet"))}
    shown |= set(texts(advanced.get("FixedOrder")))
    return set(texts(advanced.get("Undisplayed"))) - shown if _kind(block) == "advanced" else set()


def _kind(block: Json) -> str:
    return text(mapping(block.get("Options")).get("RandomizeQuestions")).lower()


def _advanced(block: Json) -> Json:
    randomisation = mapping(mapping(block.get("Options")).get("Randomization"))
    return mapping(randomisation.get("Advanced"))


def _order(reading: Reading, block: Json, items: Items) -> dict[str, Any]:
    """How the questions of a block are put in order; what cannot be done is reported."""
    kind, advanced = _kind(block), _advanced(block)
    if kind in _NOT_SHUFFLED:
        return {}
    name = text(block.get("Description")) or text(block.get("ID"))
    what = f"random order in the block {name}"
    if per_page := whole(advanced.get("QuestionsPerPage")):
        why = "pages stay as they are in the file"
        reading.note("", what, f"not {per_page} questions to a page: {why}", block["Options"])
    if any(len(items.get(text(one.get("QuestionID")), ())) > 1 for one in elements_of(block)):
        why = "a question that is several items here is shuffled item by item"
        reading.note("", what, why, block["Options"])
    some = whole(advanced.get("TotalRandSubset"))
    if kind != "advanced":
        return {"shuffle": True, "show": some if "only" in kind and some else None}
    return _advanced_order(reading, advanced, what, items)


def _advanced_order(reading: Reading, advanced: Json, what: str, items: Items) -> dict[str, Any]:
    whole_set, subset = texts(advanced.get("RandomizeAll")), texts(advanced.get("RandomSubSet"))
    moved = {item.id for one in (*whole_set, *subset) for item in items.get(one, ())}
    some = whole(advanced.get("TotalRandSubset"))
    fixed = [item.id for found in items.values() for item in found if item.id not in moved]
    show = None
    if subset and some:
        show = len(whole_set) + some if some < len(subset) else None
        if whole_set:
            why = "those that are always shown and those drawn from are drawn from together here"
            reading.note("", what, why, advanced)
    return {"shuffle": bool(moved), "fixed": tuple(fixed) if moved else (), "show": show}


def _loop(reading: Reading, block: Json) -> Loop | None:
    turns = reading.turns.get(text(block.get("ID")), [])
    options = loop_of(block)
    name = f"loop of the block {text(block.get('Description')) or text(block.get('ID'))}"
    if not turns:
        if options:
            reading.note("", name, "it has no turns: its questions are asked once", options)
        return None
    rounds = []
    for turn in turns:
        fields = {one: piped(reading, html, "") for one, html in turn.fields.items()}
        rounds.append(Round(key=turn.key, condition=_under(reading, block, turn), fields=fields))
    kind = text(options.get("Randomization"))
    some = whole(options.get("TotalRandSubset") or options.get("RandomizationSubset"))
    shuffled = kind not in ("", "None", "false")
    show = some if shuffled and some and some < len(rounds) else None
    return Loop(rounds=tuple(rounds), shuffle=shuffled, show=show)


def _under(reading: Reading, block: Json, turn: Turn) -> str | None:
    """The condition of a turn that depends on an earlier answer."""
    driver = driver_of(block)
    if driver is None:
        return None
    try:
        found = _driven(operands.target_of(reading, driver), driver, turn)
    except NotExpressed as error:
        reading.note("", "loop", str(error), mapping(block.get("Options")).get("LoopingOptions"))
        return None
    return None if found is None else condition_text(found)


def _driven(source: Target, driver: Locator, turn: Turn) -> Expression | None:
    what = driver.what
    if what == NUMERIC:
        least = Constant(constant=float(whole(turn.fields["CurrentLoop"]) or 1))
        return Comparison(operator=">=", left=operands.only_value(source), right=least)
    if what == "AllChoices" or turn.choice is None:
        return None
    if what == "DisplayedChoices":
        return operands.displayed(source)
    if what.startswith("Entered") or (source.shape.kind is Kind.FORM):
        return operands.value_given(source, turn.choice.id)
    chosen = operands.chosen_any(source, turn.choice.id, driver.ids if "ForAnswer" in what else ())
    return Not(term=chosen) if what.startswith(("Unselected", "NotSelected")) else chosen


def skips_of(reading: Reading, element: Json, target: Target, items: Items) -> tuple[Skip, ...]:
    """The skips of a question; ``items`` are those of the block by question, in order."""
    skips = []
    for entry in mapping(element.get("SkipLogic")).values():
        skip = mapping(entry)
        to = _destination(text(skip.get("SkipToDestination")), target, items)
        name = reading.shown(target)
        if to is None:
            why = "it does not lead on to a later question of the same block"
            reading.note(name, "skip", why, entry)
        elif text_ := condition(reading, _tree(skip), name, "skip"):
            skips.append(Skip(condition=text_, to=to))
    return tuple(skips)


def _tree(skip: Json) -> Json:
    """The condition of a skip in the form of a logic tree."""
    leaf = {
        "LogicType": "Question",
        "LeftOperand": text(skip.get("Locator")) or skip.get("ChoiceLocator"),
        "ChoiceLocator": skip.get("ChoiceLocator"),
        "Operator": skip.get("Condition"),
        "RightOperand": text(skip.get("Value")) or text(skip.get("RightOperand")),
    }
    return {"0": {"0": leaf, "Type": "If"}}


def _destination(name: str, target: Target, items: Items) -> str | None:
    if name in _ENDS:
        return _ENDS[name]
    order = list(items)
    if name not in order or target.qid not in order or order.index(name) <= order.index(target.qid):
        return None
    # A question that nobody can be asked leads on to the next that can.
    later = (item.id for one in order[order.index(name) :] for item in items[one])
    return next(later, "end_of_block")
