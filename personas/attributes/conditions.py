"""Conditions on the facts of a person, written as data and compiled to plain functions.

A condition maps fields to tests. A test is a plain value (equal), or a mapping of ``in``,
``not_in``, ``min``, ``max`` and ``excludes``; ``$name`` stands for the value of another field. What
is not known of a person (None) passes ``not_in`` and ``excludes`` and no other test.
"""

import operator
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from pydantic import Field

from simulacra.domain.base import Frozen
from simulacra.errors import InputError

Facts = Mapping[str, Any]
Holds = Callable[[Facts], bool]
Compare = Callable[[Any, Any], bool]


def _not_in(value: Any, others: Collection[Any]) -> bool:
    return value not in others


def _in(value: Any, others: Collection[Any]) -> bool:
    return value in others


def _excludes(values: Collection[Any] | None, others: Collection[Any]) -> bool:
    return not values or not set(values) & set(others)


_TESTS: Mapping[str, Compare] = {
    "equals": operator.eq,
    "in": _in,
    "not_in": _not_in,
    "min": operator.ge,
    "max": operator.le,
    "excludes": _excludes,
}
_UNKNOWN_PASSES = ("not_in", "excludes")


class Rule(Frozen):
    """What must go together: where all of ``when`` holds, all of ``require`` must.

    ``says`` is the rule as a sentence.
    """

    id: str
    says: str
    when: dict[str, Any] = Field(default_factory=dict)
    require: dict[str, Any]


def fields_of(condition: Mapping[str, Any]) -> frozenset[str]:
    """The fields a condition names, those behind a ``$`` included."""
    named = set(condition)
    for test in condition.values():
        named |= {value[1:] for _, value in _parts(test) if _is_field(value)}
    return frozenset(named)


def compiled(condition: Mapping[str, Any], known: Collection[str]) -> Holds:
    """A function that says whether a condition holds of a person's facts.

    Raises:
        InputError: a field or a test is unknown.
    """
    if unknown := sorted(fields_of(condition) - set(known)):
        raise InputError(f"a condition names unknown fields: {', '.join(unknown)}")
    tests = [
        _test(field, name, value)
        for field, test in condition.items()
        for name, value in _parts(test)
    ]
    if len(tests) == 1:
        return tests[0]

    def holds(facts: Facts) -> bool:
        return all(test(facts) for test in tests)

    return holds


class CompiledRule:
    """A rule ready to be asked; ``fields`` are those that must be there to ask it."""

    def __init__(self, rule: Rule, known: Collection[str]) -> None:
        self.rule = rule
        self.fields = fields_of(rule.when) | fields_of(rule.require)
        self._needed = sorted(fields_of(rule.require))
        self._when, self._require = compiled(rule.when, known), compiled(rule.require, known)

    def broken_by(self, facts: Facts) -> bool:
        """Whether the facts break the rule; what is not known breaks none."""
        if not self._when(facts) or self._require(facts):
            return False
        return not any(facts[name] is None for name in self._needed)


class RuleBook:
    """All rules, in their order."""

    def __init__(self, rules: Sequence[Rule], known: Collection[str]) -> None:
        self.rules = tuple(CompiledRule(rule, known) for rule in rules)

    def ready(self, known: Collection[str], new: Collection[str]) -> tuple[CompiledRule, ...]:
        """The rules that can be asked once the fields ``new`` join those ``known`` before."""
        before, after = set(known), set(known) | set(new)
        return tuple(one for one in self.rules if one.fields <= after and not one.fields <= before)

    def broken(self, facts: Facts) -> list[Rule]:
        """Every rule that a person's facts break."""
        return [
            one.rule for one in self.rules if one.fields <= facts.keys() and one.broken_by(facts)
        ]


def _parts(test: Any) -> Iterator[tuple[str, Any]]:
    """The single tests of a field: (name of the test, value)."""
    if isinstance(test, Mapping):
        yield from test.items()
    else:
        yield "equals", test


def _is_field(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("$")


def _test(field: str, name: str, value: Any) -> Holds:
    if name not in _TESTS:
        raise InputError(f"there is no test {name!r}: use one of {', '.join(_TESTS)}", field=field)
    compare, passes = _TESTS[name], name in _UNKNOWN_PASSES
    if _is_field(value):
        other = value[1:]

        def against_field(facts: Facts) -> bool:
            mine, theirs = facts[field], facts[other]
            return passes if mine is None or theirs is None else compare(mine, theirs)

        return against_field
    if name in ("in", "not_in", "excludes"):
        value = frozenset([value] if isinstance(value, str) else value)

    def against_value(facts: Facts) -> bool:
        mine = facts[field]
        return passes if mine is None else compare(mine, value)

    return against_value
