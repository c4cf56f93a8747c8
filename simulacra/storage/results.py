"""The answers of a run, counted and searched in the database: memory stays small for any run."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from simulacra.domain.answer import Answer, Missing, Response
from simulacra.domain.run import PersonaRef
from simulacra.storage import tables
from simulacra.storage.database import Database
from simulacra.storage.documents import TECHNICAL
from simulacra.storage.plans import run_row

_ANSWERS, _PEOPLE = tables.answers, tables.interviews
_LATER = tables.answers.alias("later")
_RESPONSE: TypeAdapter[Response] = TypeAdapter(Response)


class Count(NamedTuple):
    """How many interviews of a condition gave one response to an item."""

    item_id: str
    condition: str
    response: Response
    number: int


class Given(NamedTuple):
    """One respondent's response to an item."""

    persona: PersonaRef
    condition: str
    replicate: int
    interview_id: str
    response: Response


class Latest(NamedTuple):
    """An answer as it came in."""

    persona_id: str
    item_id: str
    response: Response


class Respondent(NamedTuple):
    """What of a respondent groups are made of; ``weight`` is that of the persona."""

    name: str
    gender: str
    age: int
    weight: float


class ResultRepository:
    """Reads what was answered; of every cell its latest attempt."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def counts(self, run_id: str, items: Sequence[str]) -> list[Count]:
        """How often each response to these items was given, by item and condition.

        Meant for closed items and numbers: every other text is a response of its own.

        Raises:
            UnknownName: there is no such run.
        """
        query = (
            select(_ANSWERS.c.item_id, _PEOPLE.c.condition, _ANSWERS.c.response, func.count())
            .join_from(_ANSWERS, _PEOPLE)
            .where(_ANSWERS.c.item_id.in_(items), *_latest(run_id))
            .group_by(_ANSWERS.c.item_id, _PEOPLE.c.condition, _ANSWERS.c.response)
            .order_by(_ANSWERS.c.item_id, _PEOPLE.c.condition, _ANSWERS.c.response)
        )
        with self._database.read() as connection:
            run_row(connection, run_id, "id")
            return [
                Count(item, condition, _read(response), number)
                for item, condition, response, number in connection.execute(query)
            ]

    def responses(
        self,
        run_id: str,
        item_id: str,
        *,
        containing: str = "",
        most: int | None = None,
        start: int = 0,
    ) -> list[Given]:
        """The responses to an item in the order of interviews, a page of them where asked for.

        ``containing`` holds them to answers in words in which these stand, whatever their case.

        Raises:
            UnknownName: there is no such run.
        """
        query = self._of_item(
            run_id,
            item_id,
            containing,
            select(
                _PEOPLE.c.persona_id, _PEOPLE.c.persona_version, _PEOPLE.c.condition,
                _PEOPLE.c.replicate, _PEOPLE.c.id, _ANSWERS.c.response,
            ),
        ).order_by(_PEOPLE.c.position)  # fmt: skip
        if most is not None:
            query = query.limit(most).offset(start)
        with self._database.read() as connection:
            run_row(connection, run_id, "id")
            return [
                Given(PersonaRef(id=who, version=version), condition, replicate, interview,
                      _read(response))
                for who, version, condition, replicate, interview, response
                in connection.execute(query)
            ]  # fmt: skip

    def newest(self, run_id: str, most: int) -> list[Latest]:
        """The answers stored last, the newest first.

        Raises:
            UnknownName: there is no such run.
        """
        query = (
            select(_PEOPLE.c.persona_id, _ANSWERS.c.item_id, _ANSWERS.c.response)
            .join_from(_ANSWERS, _PEOPLE)
            .where(_ANSWERS.c.run_id == run_id)
            .order_by(_ANSWERS.c.answered_at.desc(), _ANSWERS.c.position.desc())
            .limit(most)
        )
        with self._database.read() as connection:
            run_row(connection, run_id, "id")
            return [
                Latest(who, item, _read(response))
                for who, item, response in connection.execute(query)
            ]

    def people(self, run_id: str) -> dict[PersonaRef, Respondent]:
        """Who was asked, by the version that was.

        Raises:
            UnknownName: there is no such run.
        """
        personas = tables.personas
        asked = (
            select(_PEOPLE.c.persona_id, _PEOPLE.c.persona_version)
            .where(_PEOPLE.c.run_id == run_id)
            .distinct()
            .subquery()
        )
        query = select(
            personas.c.id, personas.c.version, personas.c.name, personas.c.gender, personas.c.age,
            self._database.part(personas.c.document, "weight"),
        ).join(
            asked,
            and_(asked.c.persona_id == personas.c.id,
                 asked.c.persona_version == personas.c.version),
        )  # fmt: skip
        with self._database.read() as connection:
            run_row(connection, run_id, "id")
            return {
                PersonaRef(id=id_, version=version): Respondent(name, gender, age, float(weight))
                for id_, version, name, gender, age, weight in connection.execute(query)
            }

    def number(self, run_id: str, item_id: str, *, containing: str = "") -> int:
        """How many responses ``responses`` would give."""
        query = self._of_item(run_id, item_id, containing, select(func.count()))
        with self._database.read() as connection:
            run_row(connection, run_id, "id")
            return int(connection.execute(query).scalar_one())

    def _of_item(
        self, run_id: str, item_id: str, containing: str, query: Select[Any]
    ) -> Select[Any]:
        query = query.select_from(_ANSWERS).join(_PEOPLE)
        query = query.where(_ANSWERS.c.item_id == item_id, *_latest(run_id))
        if not containing:
            return query
        text = self._database.part(_ANSWERS.c.response, "text")
        return query.where(
            _ANSWERS.c.missing.is_(None), text.icontains(containing, autoescape=True)
        )


def _latest(run_id: str) -> tuple[ColumnElement[bool], ...]:
    """Rows of a run that no later attempt stands in for; only what failed is tried again."""
    later = exists().where(
        _LATER.c.run_id == _ANSWERS.c.run_id,
        _LATER.c.interview_id == _ANSWERS.c.interview_id,
        _LATER.c.position == _ANSWERS.c.position,
        _LATER.c.attempt > _ANSWERS.c.attempt,
    )
    stands = or_(_ANSWERS.c.missing.is_(None), _ANSWERS.c.missing != TECHNICAL, ~later)
    return _ANSWERS.c.run_id == run_id, stands


def _read(response: str) -> Answer | Missing:
    return _RESPONSE.validate_python(json.loads(response))
