import json

import pytest

from service.ui.progress import lines


def test_reports_come_in_order_and_the_page_last():
    def work(report):
        for done in range(3):
            report(done, 3)
        return "<p>"

    assert [json.loads(line) for line in lines(work)] == [
        {"done": 0, "total": 3},
        {"done": 1, "total": 3},
        {"done": 2, "total": 3},
        {"page": "<p>"},
    ]


def test_each_line_is_one_line_whatever_the_page_holds():
    assert next(lines(lambda _: "a\nb\u2028ج")).count("\n") == 1


def test_a_fault_ends_the_answer():
    def work(report):
        report(1, 2)
        raise ZeroDivisionError

    answer = lines(work)
    next(answer)
    with pytest.raises(ZeroDivisionError):
        next(answer)
