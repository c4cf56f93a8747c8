"""The choices of SurveyJS questions, with those that it adds itself."""

from typing import Any, Protocol

from simulacra.domain.survey import Option
from simulacra.survey.formats.surveyjs.texts import Texts

OTHER, NONE, REFUSED, UNKNOWN = "other", "none", "refused", "dontknow"
# Property (and its older name), text, code, and what the option is.
ADDED: tuple[tuple[str, str, str, str, dict[str, Any]], ...] = (
    ("showNoneItem", "hasNone", "noneText", NONE, {"exclusive": True, "fixed": True}),
    ("showRefuseItem", "", "refuseText", REFUSED, {"missing": -97, "fixed": True}),
    ("showDontKnowItem", "", "dontKnowText", UNKNOWN, {"missing": -96, "fixed": True}),
    ("showOtherItem", "hasOther", "otherText", OTHER, {"text_entry": True, "fixed": True}),
)
TEXTS = {
    NONE: "None",
    REFUSED: "Refuse to answer",
    UNKNOWN: "Don't know",
    OTHER: "Other (describe)",
}


class Reads(Protocol):
    """What choices are read with."""

    texts: Texts
    kept: dict[str, Any]

    def logic(self, question: str, what: str, text: Any) -> str | None:
        """A condition of ours."""

    def tell(self, question: str, what: str, why: str, kept: Any = None) -> None:
        """A finding."""


def code_of(value: Any) -> str:
    """A value as a code."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def options_of(reads: Reads, own: str, element: dict[str, Any], listed: Any) -> list[Option]:
    """The options of a list of values, or of values with texts, in the order of the list."""
    options: list[Option] = []
    raw: dict[str, Any] = {}
    for one in listed if isinstance(listed, list) else []:
        given = one if isinstance(one, dict) else {"value": one}
        if given.get("value") in (None, ""):
            reads.tell(own, "choices", "a choice has no value", one)
            continue
        code = code_of(given["value"])
        text = given.get("text")
        if text is not None and not reads.texts.lossless(text):
            raw[code] = text
        every = element.get("choicesVisibleIf")
        if isinstance(every, str):
            every = every.replace("{item}", f"'{code}'")
        conditions = [
            reads.logic(own, f"choice {code}", condition)
            for condition in (given.get("visibleIf"), given.get("enableIf"), every)
        ]
        some = [condition for condition in conditions if condition]
        options.append(
            Option(
                code=code,
                label=reads.texts.of(text) or code,
                exclusive=bool(given.get("isExclusive")),
                fixed=given.get("randomize") is False,
                text_entry=bool(given.get("showCommentArea") or given.get("hasComment")),
                condition=" and ".join(f"({c})" for c in some) if len(some) > 1 else None,
                translations=reads.texts.others(text),
            ).model_copy(update={"condition": some[0]} if len(some) == 1 else {})
        )
        if more := sorted(given.keys() - _READ):
            what = f"choice {code}: {', '.join(more)}"
            reads.tell(own, what, "it plays no part", {name: given[name] for name in more})
    if raw:
        reads.kept.setdefault(own, {})["texts"] = raw
    return options


_READ = {
    "value", "text", "visibleIf", "enableIf", "randomize", "isExclusive", "showCommentArea",
    "hasComment",
}  # fmt: skip


def added_options(reads: Reads, element: dict[str, Any], used: set[str]) -> list[Option]:
    """None, refuse, don't know and other, where the question adds them."""
    found: list[Option] = []
    for name, older, text, code, what in ADDED:
        used |= {name, text} | ({older} if older else set())
        if element.get(name) or (older and element.get(older)):
            label = reads.texts.of(element.get(text)) or TEXTS[code]
            found.append(Option(code=code, label=label, **what))
    return found
