"""Decisions about places in the region file: what is accepted, and how mistakes are reported."""

import pytest

from aggregator.config.region import Region
from aggregator.errors import ConfigError
from aggregator.places.decisions import decisions_of, fingerprint
from tests.support.records import SOURCES, region


def deciding(*lines: str) -> Region:
    return region(sources=SOURCES + "\n".join(lines))


def test_a_decision_applies_to_every_pair_of_its_ids() -> None:
    decided = deciding("[[same_place]]", 'ids = ["cccccccccc", "aaaaaaaaaa", "bbbbbbbbbb"]', 'why = "one hall"')
    pairs = {("aaaaaaaaaa", "bbbbbbbbbb"), ("aaaaaaaaaa", "cccccccccc"), ("bbbbbbbbbb", "cccccccccc")}
    assert decisions_of(decided) == (dict.fromkeys(pairs, "one hall"), {})


def test_the_fingerprint_depends_only_on_decisions_and_sources() -> None:
    decision = ('ids = ["aaaaaaaaaa", "bbbbbbbbbb"]', 'why = "x"')
    other_source = region(sources=SOURCES.replace("county", "state"))
    regions = [region(), deciding("[[same_place]]", *decision), deciding("[[not_same_place]]", *decision), other_source]
    assert len({fingerprint(one) for one in regions}) == 4
    assert fingerprint(region("stale_after = 100\n")) == fingerprint(region())


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (('ids = ["aaaaaaaaaa"]', 'why = "x"'), r"same_place\[0\]\.ids: .* length >= 2 \(seen: \['aaaaaaaaaa'\]\)"),
        (('ids = ["aaaaaaaaaa", "Elm Hall"]', 'why = "x"'), r"same_place\[0\]\.ids\[.*\(seen: "),
        (('ids = ["aaaaaaaaaa", "bbbbbbbbbb"]',), r"same_place\[0\]\.why: is missing"),
        (('ids = ["aaaaaaaaaa", "bbbbbbbbbb"]', 'why = ""'), r"same_place\[0\]\.why: .* \(seen: ''\)"),
        (('id = "aaaaaaaaaa"',), r"same_place\[0\]\.id: unknown key; accepted: ids, why"),
    ],
    ids=["one id", "no id", "no reason", "empty reason", "other key"],
)
def test_an_invalid_decision_is_an_error_that_names_its_position(lines: tuple[str, ...], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        deciding("[[same_place]]", *lines)
