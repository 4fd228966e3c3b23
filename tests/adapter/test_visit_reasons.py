"""Adapters with a request for each place and visit reason: how the shared part handles empty responses."""

import pytest

from aggregator.adapter import Page, visit_reasons
from aggregator.errors import RecordError
from tests.support.pages import answer


def test_a_missing_response_is_none() -> None:
    assert visit_reasons.answer_of(None) is None


def test_a_response_is_parsed_as_json() -> None:
    assert visit_reasons.answer_of(Page(answer('{"slots": []}'))) == {"slots": []}


def test_a_null_response_is_an_error_for_its_place() -> None:
    with pytest.raises(RecordError, match="answered null"):
        visit_reasons.answer_of(Page(answer("null")))
