"""From a request's body to a validated model, and from an answer to a response. Every route uses these."""

import difflib
import inspect
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, get_origin

from flask import Response, g, request
from pydantic import BaseModel, ValidationError

from service.api import idempotency
from service.body import Body, read_body, read_query
from service.context import current
from service.errors import FieldError, Problem, pointer
from service.field_rules import Wrong, reason_of

#: Errors told of one request: enough to mend it, too few to make a long answer out of a hostile body.
MOST_ERRORS = 20
#: More than any configuration allows; keeps a list of millions away from the validation.
LONGEST_LIST = 100_000

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")
Handler = Callable[..., Response]


@dataclass(frozen=True, slots=True)
class Given:
    """How a body may come besides as JSON or a form: fields that take a file, and content types whose body is
    a file, with the field that it becomes."""

    files: tuple[str, ...]
    raw: Mapping[str, str]


_GIVEN: dict[Handler, Given] = {}


def reads(
    *, files: Collection[str] = (), raw: Mapping[str, str] | None = None, limit: str = "max_body_bytes"
) -> Callable[[Handler], Handler]:
    """Give a handler what its parameters ask for, validated: `body`, `query` and `path` as the model that the
    annotation names, `uploads` as the files of the body. `limit` names the option that bounds the body."""

    taken = Given(tuple(files), dict(raw or {}))

    def decorate(handler: Handler) -> Handler:
        wanted: Mapping[str, Any] = inspect.get_annotations(handler)

        @wraps(handler)
        def view(**path: str) -> Response:
            given: dict[str, Any] = {}
            body = Body({})
            if "path" in wanted:
                given["path"] = parse(wanted["path"], Body(path, typed=False))
            if "query" in wanted:
                given["query"] = parse(wanted["query"], read_query(request))
            if "body" in wanted:
                body = read_body(request, getattr(current().config.limits, limit), files=files, raw=raw)
                if "query" not in wanted and request.mimetype not in taken.raw:
                    _refuse_query()
                given["body"] = parse(wanted["body"], body, files)
                if "uploads" in wanted:
                    given["uploads"] = body.files
            return idempotency.once(body, lambda: handler(**given))

        _GIVEN[view] = taken
        return view

    return decorate


def given_of(handler: Handler) -> Given:
    """How this handler's body may come."""
    return _GIVEN[handler]


def once(read: Callable[[], T]) -> Callable[[], T]:
    """`read`, but done once in a request, as a body can't be read twice: later calls get what the first one
    found, or the `Problem` that it met."""
    name = f"{read.__module__}.{read.__name__}"

    @wraps(read)
    def found() -> T:
        if name not in g:
            try:
                outcome: T | Problem = read()
            except Problem as problem:
                outcome = problem
            setattr(g, name, outcome)
        kept: T | Problem = g.get(name)
        if isinstance(kept, Problem):
            raise kept
        return kept

    return found


def parse(model: type[M], body: Body, files: Collection[str] = ()) -> M:
    """The body as `model`: JSON with the exact types, a form's strings converted. Raises `Problem`."""
    fields = dict(body.fields)
    known = [*model.model_fields, *files]
    unknown = [name for name in fields if name not in known]
    if len(unknown) > MOST_ERRORS:
        raise invalid(*(FieldError(pointer(name), "unknown field") for name in unknown[:MOST_ERRORS]))
    for name, value in fields.items():
        if isinstance(value, list) and len(value) > LONGEST_LIST:
            raise invalid(FieldError(pointer(name), f"has more than {LONGEST_LIST:,} items"))
    if not body.typed:
        for name, field in model.model_fields.items():
            if get_origin(field.annotation) is list and isinstance(fields.get(name), str):
                fields[name] = [fields[name]]
    try:
        return model.model_validate(fields, strict=body.typed)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)[:MOST_ERRORS]
        wrong = [_field_error(e, known) for e in found]
    raise invalid(*wrong)


def invalid(*errors: FieldError) -> Problem:
    """The problem for wrong fields; a single one is in `detail` already."""
    if len(errors) == 1:
        detail = f"{errors[0].pointer or 'The body'}: {errors[0].detail.rstrip('?.')}."
        return Problem("invalid", detail, errors=errors)
    return Problem("invalid", f"{len(errors)} fields are wrong; see errors.", errors=errors)


def refuse(wrong: Iterable[Wrong]) -> None:
    """Raises the problem for these fields, if there are any."""
    errors = []
    for one in wrong:
        where = (one.field,) if one.at is None else (one.field, one.at)
        errors.append(FieldError(pointer(*where), one.reason))
    if errors:
        raise invalid(*errors)


def _field_error(error: Any, known: Collection[str]) -> FieldError:
    where = pointer(*error["loc"])
    if error["type"] == "extra_forbidden":
        close = difflib.get_close_matches(str(error["loc"][-1])[:80], known, n=1)
        return FieldError(where, "unknown field" + (f"; did you mean {close[0]}?" if close else ""))
    if error["type"] == "missing":
        return FieldError(where, "is missing")
    if error["type"] == "string_pattern_mismatch" and where == "/after":
        return FieldError(where, "is not the `next` of a page")
    return FieldError(where, reason_of(error))


def _refuse_query() -> None:
    """Fields in the query beside a body that holds them would be passed over without a word."""
    names = list(request.args)[:MOST_ERRORS]
    if names:
        raise invalid(
            *(FieldError(pointer(name), "is read from the body, not from the query") for name in names)
        )


def check_model(wanted: str | None) -> None:
    """Refuse a model that isn't the loaded one: weights are never fetched or swapped within a request."""
    active = current().model.id
    if wanted is not None and wanted != active:
        detail = f"Only the active model can be used here; it is {active}."
        raise Problem("unknown_model", detail, errors=[FieldError("/model", detail)])


def answer(model: BaseModel) -> Response:
    """A model as a JSON response. Fields that weren't set (those only sent when asked for) are left out."""
    return Response(model.model_dump_json(exclude_unset=True), mimetype="application/json")
