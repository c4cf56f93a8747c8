"""Budgets: one purse that several models may pay from, and the wrapper that asks it first."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from simulacra.domain.base import Frozen
from simulacra.domain.call import Call, Request, Spent
from simulacra.errors import BudgetSpent, ModelError
from simulacra.llm.limits import Gate, Report, expected
from simulacra.llm.loops import PerLoop
from simulacra.llm.port import Model
from simulacra.llm.pricing import cost_of
from simulacra.settings import Price


class Budget(Frozen):
    """Upper limits; None means unlimited."""

    calls: int | None = None
    tokens: int | None = None
    cost: float | None = None

    def broken_by(self, spent: Spent) -> str:
        """The first limit that ``spent`` would exceed, in words; empty if none."""
        if self.calls is not None and spent.calls > self.calls:
            return f"{self.calls} calls"
        if self.tokens is not None and spent.tokens > self.tokens:
            return f"{self.tokens} tokens"
        if self.cost is not None and spent.cost > self.cost:
            return f"{self.cost:g} US dollars"
        return ""


class Purse:
    """What all models of a study may spend together.

    A call counts with what it may take at most until it is back, then with what it took. One that
    only fits if those in flight stay below their estimates waits for them. ``spent`` is what the
    same budget paid for before, so that a resumed run counts on.
    """

    def __init__(self, budget: Budget, spent: Spent | None = None) -> None:
        self._budget = budget
        self._spent = spent or Spent()
        self._elsewhere = Spent()
        self._reserved: list[Spent] = []
        self._settled = PerLoop(asyncio.Condition)

    @property
    def spent(self) -> Spent:
        """All that is paid for so far, calls in flight not included."""
        return self._spent + self._elsewhere

    def hear(self, elsewhere: Spent) -> None:
        """Count what others have paid for from the same budget, before this one began or since."""
        self._elsewhere = elsewhere

    @asynccontextmanager
    async def paying(self, most: Spent) -> AsyncIterator[Callable[[Spent], None]]:
        """Reserve the most that a call may take; yields what is to be told what it took.

        Raises:
            BudgetSpent: it may exceed what is left.
        """
        settled = self._settled.get()
        async with settled:
            await settled.wait_for(lambda: self._fits(most))
            self._reserved.append(most)
        took = Spent(calls=1)

        def told(spent: Spent) -> None:
            nonlocal took
            took = spent

        try:
            yield told
        finally:
            self._reserved.remove(most)
            self._spent += took
            async with settled:
                settled.notify_all()

    def _fits(self, most: Spent) -> bool:
        limit = self._budget.broken_by(self.spent + most)
        if limit:
            raise BudgetSpent(
                f"The budget of {limit} is used up; resume with a larger one to go on."
            )
        return not self._budget.broken_by(sum(self._reserved, self.spent + most))


class Budgeted(Gate):
    """Raises ``BudgetSpent`` before a call that may exceed what is left in the purse."""

    def __init__(self, model: Model, purse: Purse, price: Price | None = None) -> None:
        super().__init__(model)
        self._purse, self._price = purse, price or Price()

    @asynccontextmanager
    async def _pass(self, request: Request) -> AsyncIterator[Report]:
        usage = expected(request)
        most = Spent(
            calls=1,
            tokens=usage.tokens_in + usage.tokens_out,
            cost=cost_of(usage, self._price),
        )
        async with self._purse.paying(most) as told:

            def report(call: Call) -> None:
                tokens = call.usage.tokens_in + call.usage.tokens_out
                told(Spent(calls=call.attempts, tokens=tokens, cost=call.cost))

            try:
                yield report
            except ModelError as error:
                for call in error.calls:
                    report(call)
                raise
