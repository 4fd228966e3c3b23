"""Adapters that ask place by place and reason by reason: what the shared part does with answers that say nothing."""

import pytest

from aggregator.adapter import Page, visit_reasons
from aggregator.errors import RecordError
from tests.support.pages import answer


def test_an_answer_that_did_not_come_is_none() -> None:
    assert visit_reasons.answer_of(None) is None


def test_an_answer_is_its_json() -> None:
    assert visit_reasons.answer_of(Page(answer('{"slots": []}'))) == {"slots": []}


def test_null_is_no_answer_and_an_error_of_its_place() -> None:
    with pytest.raises(RecordError, match="answered null"):
        visit_reasons.answer_of(Page(answer("null")))
