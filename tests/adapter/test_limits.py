"""Pages beyond the limits of their kind are refused before they cost anything; all other pages are read."""

import json
from collections.abc import Callable

import pytest

from aggregator.adapter import Page, PageError, RecordError, fhir, fragment, ics, limits, markup_limits
from aggregator.adapter.limits import CSV, HTML, ICS, JSON, MAX_CELLS, NDJSON, Limit, too_deep
from aggregator.adapter.markup_limits import MAX_REOPENED, too_much_markup
from aggregator.charset import is_html
from aggregator.har.recording import load_recording
from aggregator.model import Answer
from tests.support.paths import CAPTURES, NO_CAPTURES
from tests.support.records import NOW

MARGIN = 4  # the limits are at least this many times larger than anything recorded
SMALL = 1000  # a small limit, so that the tests need no pages of megabytes


def page(text: str) -> Page:
    return Page(Answer(url="https://a.example.org/x", status=200, headers={}, body=text.encode(), fetched_at=NOW))


def slots_of(text: str) -> tuple[fhir.Loss, ...]:
    feed = fhir.Feed("https://a.example.org/m", ["MA"])
    feed.add(fhir.Output("Slot", "https://a.example.org/x"), text)
    return feed.losses()


READ: dict[Limit, Callable[[str], object]] = {
    HTML: lambda text: page(text).html,
    JSON: lambda text: page(text).json,
    CSV: lambda text: page(text).csv,
    ICS: lambda text: list(ics.events(text, "https://a.example.org/x")),
}
# for each kind, a text with so many characters, and one with so many rows
SIZED: dict[Limit, Callable[[int], str]] = {
    HTML: lambda size: "<p>" + "x" * (size - 3),
    JSON: lambda size: f'"{"x" * (size - 2)}"',
    CSV: lambda size: "a,b\n" + "x" * (size - 4),
    ICS: lambda size: "X:" + "x" * (size - 2),
}
WITH_ROWS: dict[Limit, Callable[[int], str]] = {
    HTML: lambda rows: "<p>" * rows,
    JSON: lambda rows: "[" + "1," * (rows - 1) + "1]",
    CSV: lambda rows: "a,b\n" + "1,2\n" * (rows - 1),
    ICS: lambda rows: "BEGIN:VEVENT\n" * rows,
}
each_kind = pytest.mark.parametrize("limit", READ, ids=lambda limit: limit.kind)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Callable[[Limit, str], Limit]:
    """Lowers one limit of a kind, in every module that reads the kind."""

    def set_to(limit: Limit, field: str) -> Limit:
        changed = limit._replace(size=SMALL) if field == "size" else limit._replace(rows=SMALL)
        (attribute,) = [name for name, value in vars(limits).items() if value is limit]
        for name in ("page", "table", "ics", "limits", "markup_limits", "fhir.bulk_files", "fhir.records"):
            monkeypatch.setattr(f"aggregator.adapter.{name}.{attribute}", changed, raising=False)
        return changed

    return set_to


@each_kind
def test_a_page_is_read_up_to_the_size_limit(limit: Limit, small: Callable[[Limit, str], Limit]) -> None:
    small(limit, "size")

    READ[limit](SIZED[limit](SMALL))
    with pytest.raises(PageError, match=f"x has 1,001 characters; {limit.kind} may have at most 1,000: open it"):
        READ[limit](SIZED[limit](SMALL + 1))


@each_kind
def test_a_page_is_read_up_to_the_row_limit(limit: Limit, small: Callable[[Limit, str], Limit]) -> None:
    small(limit, "rows")

    READ[limit](WITH_ROWS[limit](SMALL))
    with pytest.raises(PageError, match=f"x has 1,001 {limit.what}; {limit.kind} may have at most 1,000: open it"):
        READ[limit](WITH_ROWS[limit](SMALL + 1))


@pytest.mark.parametrize(("field", "seen"), [("size", "1,001 characters"), ("rows", "1,001 values")])
def test_a_record_file_beyond_the_limits_fails_alone(
    field: str, seen: str, small: Callable[[Limit, str], Limit]
) -> None:
    small(NDJSON, field)
    record = json.dumps({"resourceType": "Slot", "id": "1"})  # two values
    texts = {"size": record + " " * (SMALL - len(record)), "rows": record + "\n" + "," * (SMALL - 2)}

    assert not any("may have" in loss.reason for loss in slots_of(texts[field]))
    reason = slots_of(texts[field] + (" " if field == "size" else ","))[0].reason
    assert reason.startswith(f"has {seen}; a file of FHIR records may have at most 1,000: open it")


def test_json_is_read_up_to_the_depth_limit() -> None:
    deep = "[" * JSON.depth + "]" * JSON.depth

    assert page(deep).json
    for deeper in (f'{{"a": {deep}}}', "[" * 100_000 + "]" * 100_000, '{"a":' * 5000):
        with pytest.raises(PageError, match="deeper than 100 levels, the limit of an answer in JSON: open"):
            _ = page(deeper).json


def test_feed_records_are_read_up_to_the_depth_limit() -> None:
    record = '{"resourceType": "Slot", "id": "1"}'

    assert not any("inside" in loss.reason for loss in slots_of("[" * 99 + record + "]" * 99))
    assert "deeper than 100 levels" in slots_of("[" * 101 + record + "]" * 101)[0].reason


def test_html_is_read_up_to_the_depth_limit() -> None:
    assert too_much_markup("<b>" * HTML.depth + "x") == ""
    for text in ("<b>" * 3001, "<div>" * 3001 + "</div>" * 3001, "<DIV x=1>" * 3001):
        with pytest.raises(PageError, match=r"has 3,001 elements inside .*; a page of HTML may have at most 3,000"):
            _ = page(text).html
        with pytest.raises(RecordError, match="has 3,001 elements"):
            fragment(text)


@pytest.mark.parametrize("hidden", ["<!--</div>-->", "<script></div></script>", '<p a="</div>">', "<!--</div>--!>"])
def test_an_end_tag_inside_a_comment_script_or_attribute_closes_nothing(hidden: str) -> None:
    with pytest.raises(PageError, match="elements inside one another; a page of HTML may have at most 3,000"):
        _ = page(f"<div>{hidden}" * 3001).html


@pytest.mark.parametrize(
    "tag", ["<b a={}>", "<b a={}><u></u></b>", "<!--<b a={}>-->", "<FONT\nA='>{}'>", '<i a=x" c=">{}">']
)
def test_formatting_that_a_parser_would_reopen_in_every_paragraph_is_refused(tag: str) -> None:
    opened = "".join(tag.format(number) for number in range(500))
    with pytest.raises(PageError, match="tags times formatting elements; a page of HTML may have at most 100,000"):
        _ = page(f"<div>{opened}</div>" + "<p>x</p>" * 1000).html


def test_formatting_repeated_in_every_row_is_accepted() -> None:
    row = '<p><b class="label" id=a>Hours:</b> 9 <i>to</i> 5 <a href="/{}">Book</a></p>'
    assert too_much_markup("".join(row.format(number) for number in range(3000))) == ""


def test_a_tag_is_read_up_to_the_attribute_limit() -> None:
    assert too_much_markup("<a " + "b " * (HTML.width - 2) + ">x</a>") == ""
    with pytest.raises(PageError, match="has 20,002 attributes in one tag; a page of HTML may have at most 1,000"):
        _ = page("<a " + "b " * 20_000 + ">x</a>").html


def test_a_csv_is_read_up_to_the_column_and_cell_limits() -> None:
    assert len(page(",".join(f"c{n}" for n in range(CSV.width)) + "\n1\n").csv[0]) == CSV.width
    with pytest.raises(PageError, match="has 501 columns; a CSV may have at most 500"):
        _ = page(",".join(f"c{n}" for n in range(CSV.width + 1)) + "\n1\n").csv
    wide = ",".join(f"c{n}" for n in range(CSV.width)) + "\n" + "1\n" * (MAX_CELLS // CSV.width)
    with pytest.raises(PageError, match="has 2,500,500 cells; a CSV may have at most 2,500,000"):
        _ = page(wide).csv


def test_a_csv_field_may_be_as_long_as_python_allows() -> None:
    assert page(f"a,b\n{'x' * 131_072},2\n").csv
    with pytest.raises(PageError, match=r"x cannot be read as CSV \(field larger than field limit \(131072\)"):
        _ = page(f"a,b\n{'x' * 131_073},2\n").csv


def test_a_number_with_thousands_of_digits_is_not_valid_json() -> None:
    assert page(f'{{"count": {"9" * 4300}}}').json
    with pytest.raises(PageError, match=r"x is not JSON \(Exceeds the limit \(4300 digits\)"):
        _ = page(f'{{"count": {"9" * 4301}}}').json


@pytest.mark.parametrize(
    "text",
    [
        "<ul>" + "<li>one<p>two" * 40_000 + "</ul>",
        "<p>1 < 2" * 40_000,
        "<div>x</div>" * 40_000,
        "<table>" + "<tr><td>1<td>2" * 40_000 + "</table>",
        "<script>" + "var a = 1; " * 40_000 + "</script>",
        '<img src="data:image/png;base64,' + "A b " * 40_000 + '">',
    ],
)
def test_a_long_page_is_read(text: str) -> None:
    assert too_much_markup(text) == ""


def test_all_recordings_are_far_below_the_limits() -> None:
    recordings = sorted(CAPTURES.rglob("*.har"))
    if not recordings:
        pytest.skip(NO_CAPTURES)
    for path in recordings:
        for entry in load_recording([path]).entries:
            one = page("")
            one.text = Page(entry_answer(entry.body, entry.content_type)).text
            for limit in _kinds(one.text, entry.content_type):
                assert len(one.text) * MARGIN < limit.size, path
                assert limits._rows(one.text, limit) * MARGIN < limit.rows, path
                if limit is HTML:
                    assert markup_limits._depth(one.text) * MARGIN < limit.depth, path
                    reopened = one.text.count("<") * markup_limits._formatting(one.text)
                    assert reopened * MARGIN < MAX_REOPENED, path
                if limit is JSON:
                    assert not too_deep(one.json, limit._replace(depth=limit.depth // MARGIN)), path


def entry_answer(body: bytes, kind: str) -> Answer:
    headers = {"content-type": kind}
    return Answer(url="https://a.example.org/x", status=200, headers=headers, body=body, fetched_at=NOW)


def _kinds(text: str, content_type: str) -> list[Limit]:
    begins = text.lstrip()[:1]
    if is_html(text, content_type):
        return [HTML]
    if "BEGIN:VCALENDAR" in text:
        return [ICS]
    if begins in ("{", "["):
        return [NDJSON] if "\n{" in text else [JSON]
    return [CSV]
