"""schemathesis reads /openapi.json and tries what it says, with right and wrong requests: no answer is a server
error, each is one that is described, and what breaks a schema is refused."""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case, SerializationContext
from schemathesis.checks import CHECKS, load_all_checks

from service.api import docs
from service.app import create_app
from service.config import Config, FetchConfig, LimitsConfig
from tests.service.fakes import runtime

load_all_checks()
#: What it doesn't ask. Some requests that fit the schema of each field are refused, and that is right: exactly
#: one of `text`, `html`, `url`, `file`; a text of spaces; an id of nobody.
LEFT_OUT = [CHECKS.get_one("positive_data_acceptance")]
#: In a form or a query everything is a string, nothing means "not given", and one value is a list of one: what
#: breaks the schema is right there.
LEFT_OUT_OF_FORMS = [*LEFT_OUT, CHECKS.get_one("negative_data_rejection")]
EXAMPLES = 200 if os.environ.get("MUJAZ_HYPOTHESIS") == "thorough" else 3


@schemathesis.serializer("application/x-ndjson", "application/jsonl")
def json_lines(context: SerializationContext, value: Any) -> bytes:
    """A line for each piece of whatever was thought up."""
    lines = value if isinstance(value, list) else [value]
    return "\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines).encode(errors="replace")


LIMITS = LimitsConfig(max_text_chars=2000, max_texts=20)
RUNTIME = runtime(config=Config(fetch=FetchConfig(timeout_seconds=1), limits=LIMITS))
schema = schemathesis.openapi.from_wsgi("/openapi.json", create_app(RUNTIME.config, RUNTIME))


@pytest.fixture(scope="module", autouse=True)
def closing() -> Iterator[None]:
    yield
    RUNTIME.close()


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
def test_the_description_is_true(case: Case) -> None:
    left_out = LEFT_OUT if case.media_type == "application/json" else LEFT_OUT_OF_FORMS
    case.call_and_validate(excluded_checks=left_out)


def test_every_operation_is_tried() -> None:
    """An operation that schemathesis can't read would be left out without a word."""
    operations = [operation.ok() for operation in schema.get_all_operations()]
    tried = {(operation.method.upper(), operation.path) for operation in operations}
    paths = docs.openapi()["paths"]
    assert tried == {(method.upper(), path) for path, item in paths.items() for method in item}
