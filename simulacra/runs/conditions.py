"""A respondent who answers under the conditions of a study, each with its own model perhaps."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from simulacra.domain.answer import Reply, Response
from simulacra.domain.call import Call
from simulacra.domain.survey import Question
from simulacra.runs.interview import Respondent, State

StateT = TypeVar("StateT", bound=State)


class Under(NamedTuple):
    """What is carried through an interview: its condition, and the state of who answers."""

    condition: str
    state: Any

    def after(self, question: Question, reply: Reply | None, response: Response) -> "Under":
        """The state once a question was answered."""
        return Under(self.condition, self.state.after(question, reply, response))


class PerCondition(Generic[StateT]):
    """One person, made anew for each condition in which they are asked."""

    def __init__(self, make: Callable[[str], Respondent[StateT]]) -> None:
        self._make, self._made = make, dict[str, Respondent[StateT]]()

    def under(self, condition: str) -> Respondent[StateT]:
        """Who answers in a condition."""
        if condition not in self._made:
            self._made[condition] = self._make(condition)
        return self._made[condition]

    def opening(self, condition: str = "") -> Under:
        """The state before the first question in a condition."""
        return Under(condition, self.under(condition).opening())

    async def ask(
        self,
        question: Question,
        state: Under,
        *,
        seed: int,
        temperature: float,
        unreadable: Reply | None = None,
        earlier: tuple[Call, ...] = (),
    ) -> Reply:
        """The reply of who answers in the condition."""
        return await self.under(state.condition).ask(
            question,
            state.state,
            seed=seed,
            temperature=temperature,
            unreadable=unreadable,
            earlier=earlier,
        )

    async def ask_page(
        self,
        questions: Sequence[Question],
        state: Under,
        *,
        seeds: Sequence[int],
        temperature: float,
        earlier: tuple[Call, ...] = (),
    ) -> tuple[Reply, ...]:
        """The replies of who answers in the condition."""
        return await self.under(state.condition).ask_page(
            questions, state.state, seeds=seeds, temperature=temperature, earlier=earlier
        )
