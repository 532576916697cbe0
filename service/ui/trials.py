"""A form that was sent and can't be used: shown again with all that was typed, and what is wrong beside the
field that it is about."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from service.errors import Problem, as_problem

#: Problems that no other form would mend.
_NOT_MENDED = frozenset({"internal", "not_found"})


@dataclass(frozen=True, slots=True)
class Trial:
    """`form` names the form on its page; `wrong` has a sentence for each field that has something wrong."""

    form: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, form: str, typed: Mapping[str, str], problem: Problem, otherwise: str = "") -> "Trial":
        """From a problem with the form; what is about no field stands at `otherwise`."""
        wrong: dict[str, str] = {}
        for error in problem.errors:
            name = error.pointer.strip("/").partition("/")[0]
            wrong.setdefault(name if name in typed else otherwise, sentence(error.detail))
        return cls(form, typed, wrong or {otherwise: problem.detail})

    def value(self, name: str, usual: str = "") -> str:
        """What the field holds when the page is shown."""
        return self.typed.get(name, usual)


def mendable(error: Exception) -> Problem:
    """What is wrong with a form. Raises the error itself where the form isn't the reason."""
    problem = as_problem(error)
    if problem.kind.code in _NOT_MENDED:
        raise error
    return problem


def sentence(reason: str) -> str:
    """A reason as it follows a field's name ("has to be …"), as a sentence of its own."""
    return f"{reason[:1].upper()}{reason[1:].rstrip('.')}." if reason else ""
