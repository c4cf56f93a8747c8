"""The expression tree as the text of a condition; ``simulacra.survey.condition`` reads it back."""

from simulacra.survey.expression import (
    Answered,
    Arithmetic,
    Call,
    Comparison,
    Constant,
    Contains,
    Count,
    Expression,
    Joined,
    Logic,
    Not,
    Part,
    Reference,
    Selected,
    Shown,
    Within,
)


def condition_text(expression: Expression) -> str:
    """The text of an expression, with no more brackets than it needs to be read back the same."""
    match expression:
        case Logic():
            parts = [_inside(term, Logic) for term in expression.terms]
            return f" {expression.operator} ".join(parts)
        case Not():
            return f"not {_inside(expression.term, Logic)}"
        case Comparison():
            left, right = _operand(expression.left), _operand(expression.right)
            return f"{left} {expression.operator} {right}"
        case Within():
            choices = ", ".join(_operand(choice) for choice in expression.choices)
            return f"{_operand(expression.needle)} in ({choices})"
        case Contains():
            return f"{_operand(expression.whole)} contains {_operand(expression.part)}"
        case Joined():
            return " & ".join(_inside(part, Joined) for part in expression.parts)
        case Arithmetic():
            left = _inside(expression.left, Arithmetic, Joined)
            right = _inside(expression.right, Arithmetic, Joined)
            return f"{left} {expression.operator} {right}"
        case _:
            return _atom(expression)


def _atom(expression: Expression) -> str:
    match expression:
        case Constant():
            return constant_text(expression.constant)
        case Reference():
            return expression.item
        case Selected() | Part():
            return f"{expression.node}({expression.item}, {constant_text(expression.code)})"
        case Answered() | Shown():
            return f"{expression.node}({expression.item})"
        case Count():
            return f"count({', '.join(expression.items)})"
        case Call():
            arguments = ", ".join(condition_text(one) for one in expression.arguments)
            return f"{expression.function}({arguments})"
        case _:
            raise TypeError(f"no text for {expression.node}")


def constant_text(constant: bool | float | str) -> str:
    """A number, true or false as they are, a text in single quotes."""
    if isinstance(constant, bool):
        return str(constant).lower()
    if isinstance(constant, str):
        return "'{}'".format(constant.replace("'", "''"))
    return f"{constant:.15f}".rstrip("0").rstrip(".")


_SENTENCES = (Logic, Not, Comparison, Within, Contains)


def _operand(expression: Expression) -> str:
    """A side of a comparison: everything that is itself true or false stands in brackets."""
    return _inside(expression, *_SENTENCES)


def _inside(expression: Expression, *weaker: type) -> str:
    """The text, in brackets where it is of a kind that binds no stronger."""
    text = condition_text(expression)
    kinds = (*weaker, *_SENTENCES) if Joined in weaker or Arithmetic in weaker else weaker
    return f"({text})" if isinstance(expression, kinds) else text
