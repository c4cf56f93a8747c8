"""What passes through a mind while it answers: the interview so far, and one answer's making."""

import operator
from typing import Annotated, TypedDict

from simulacra.cognition.probes import Probe, probe_of
from simulacra.domain.answer import Answer, Missing, Reply, Response
from simulacra.domain.base import Frozen
from simulacra.domain.call import Call
from simulacra.domain.emotion import EmotionalState
from simulacra.domain.memory import Memory, Recalled
from simulacra.domain.plan import Plan
from simulacra.domain.survey import Kind, Question
from simulacra.errors import SimulacraError

_FEW_WORDS = 3


class Exchange(Frozen):
    """One question that was asked and what the person said."""

    item_id: str
    question: str
    answer: str


class InterviewState(Frozen):
    """Working memory: what was said so far, and the mood it left.

    ``learned`` are the long-term memories that the person has beside those of their life.
    """

    exchanges: tuple[Exchange, ...] = ()
    emotion: EmotionalState = EmotionalState()
    learned: tuple[Memory, ...] = ()

    def after(
        self, question: Question, reply: Reply | None, response: Response
    ) -> "InterviewState":
        """The state once ``question`` was answered; what was not asked leaves no trace."""
        if reply is None:
            return self
        said = _said(question, response, reply)
        exchange = Exchange(item_id=question.item_id, question=question.shown, answer=said)
        return self._grown(exchange, reply)

    def after_chat(self, message: str, reply: Reply) -> "InterviewState":
        """The state once a chat message was answered."""
        return self._grown(Exchange(item_id="chat", question=message, answer=reply.text), reply)

    def _grown(self, exchange: Exchange, reply: Reply) -> "InterviewState":
        exchanges = (*self.exchanges, exchange)
        emotion = reply.emotion or self.emotion
        return self.model_copy(update={"exchanges": exchanges, "emotion": emotion})


def _said(question: Question, response: Response, reply: Reply) -> str:
    # A chosen "don't know" is no answer with codes, and is remembered by its label all the same.
    codes = reply.selection if isinstance(response, Missing) else response.codes
    answer = Answer(codes=codes) if isinstance(response, Missing) else response
    labels = {option.code: option.label for option in question.options}
    said = [
        f"{labels[code]} ({answer.texts[code]})" if code in answer.texts else labels[code]
        for code in codes
        if code in labels
    ]
    said += [f"{labels[code]}: {amount:g}" for code, amount in answer.amounts.items()]
    return "; ".join(said) or reply.first_sentence or reply.text


class Stimulus(Frozen):
    """What reaches the mind: a survey question or, in a chat, a message.

    ``unreadable`` is the reply of a first attempt that could not be read, ``earlier`` holds the
    calls of a try that failed or was given up. ``page`` holds the questions that ``question``, as
    one, stands for.
    """

    text: str
    question: Question | None
    interview: InterviewState
    seed: int
    temperature: float
    unreadable: Reply | None = None
    earlier: tuple[Call, ...] = ()
    page: tuple[Question, ...] = ()

    @property
    def probe(self) -> Probe | None:
        """Which kind of try to bring the person out of role this is, if it is one."""
        return probe_of(self.text)

    @property
    def at_length(self) -> bool:
        """Whether more than a word, a number or a choice is asked for."""
        return self.question is None or self.question.kind == Kind.LONG_TEXT

    @property
    def query(self) -> str:
        """What to look for in memory: the wording, with the options where they say something.

        How to answer (the instructions) is nothing to remember by. A message of a few words
        ("And then?") goes on from what was said before it, so that is looked for, too.
        """
        if self.question is None:
            return self._message()
        if self.question.kind == Kind.RATING:
            return self.question.text
        return " ".join([self.question.text, *(one.label for one in self.question.options)])

    def _message(self) -> str:
        if len(self.text.split()) > _FEW_WORDS or not self.interview.exchanges:
            return self.text
        last = self.interview.exchanges[-1]
        return f"{self.text} {last.question} {last.answer}"


class Spoken(Frozen):
    """The top agent's part of a reply; the fields are those of ``Reply``."""

    text: str
    first_sentence: str = ""
    selection: tuple[str, ...] = ()
    probabilities: dict[str, float] | None = None
    fault: str = ""


class Mind(TypedDict, total=False):
    """The state of the graph; a node returns only its own keys, calls and failures add up.

    ``recall_seconds`` is how long recalling took.
    """

    stimulus: Stimulus
    recalled: tuple[Recalled, ...]
    recall_seconds: float
    emotion: EmotionalState
    plan: Plan
    spoken: Spoken
    calls: Annotated[tuple[Call, ...], operator.add]
    failures: Annotated[tuple[SimulacraError, ...], operator.add]
