"""schemathesis reads /openapi.json and tries what it says, with right and wrong requests: no answer is a server
error, each is one that is described, and what breaks a schema is refused."""

import os

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
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

RUNTIME = runtime(
    config=Config(
        fetch=FetchConfig(timeout_seconds=1), limits=LimitsConfig(max_text_chars=2000, max_texts=20)
    )
)
schema = schemathesis.openapi.from_wsgi("/openapi.json", create_app(RUNTIME.config, RUNTIME))


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
def test_the_description_is_true(case: Case) -> None:
    json = case.media_type == "application/json"
    case.call_and_validate(excluded_checks=LEFT_OUT if json else LEFT_OUT_OF_FORMS)


def test_every_operation_is_tried() -> None:
    """An operation that schemathesis can't read would be left out without a word."""
    tried = {
        (operation.ok().method.upper(), operation.ok().path) for operation in schema.get_all_operations()
    }
    described = {(method.upper(), path) for path, item in docs.openapi()["paths"].items() for method in item}
    assert tried == described
