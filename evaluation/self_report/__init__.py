"""The self report: a persona answers questions about itself, and the key says what it got right."""

from evaluation.self_report.measure import Answers, pooled, result_of
from evaluation.self_report.questions import instrument_of
from evaluation.self_report.result import (
    Difference,
    MethodScore,
    PartScore,
    PerAnswer,
    SelfReportResult,
)

__all__ = [
    "Answers",
    "Difference",
    "MethodScore",
    "PartScore",
    "PerAnswer",
    "SelfReportResult",
    "instrument_of",
    "pooled",
    "result_of",
]
