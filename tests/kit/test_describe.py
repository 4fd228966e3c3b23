"""How a page is described to someone who writes an adapter: its most likely rows first, whatever else it contains."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from aggregator.adapter import Page
from aggregator.kit.describe import Description, describe
from tests.support.pages import answer, clinic, search

STORE = {"name": "Kite Hall", "address": {"street": "1 Kite St", "zip": "02120"}, "times": [{"date": "2021-05-20"}]}
CLINIC = (
    '<div class="clinic md:flex"><h2>Kite Hall</h2><p>1 Kite St, Boston MA, 02120</p><a href="/book/1">Book</a></div>'
)


def described(body: str | bytes, kind: str = "") -> Description:
    headers = {"content_type": kind} if kind else {}
    return describe(Page(answer(body, "https://book.example.org/list", **headers)))


def of_json(document: Any) -> Description:
    return described(json.dumps(document))


# --- JSON -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "rows", "count"),
    [
        ([STORE, STORE], "", 2),
        ({"data": {"stores": [STORE, STORE, STORE]}}, "data.stores", 3),
        ({"links": [{"href": "/"}] * 40, "result": [STORE]}, "result", 1),
        ({"type": "FeatureCollection", "features": [{"properties": STORE, "geometry": {}}]}, "features", 1),
        ({"stores": {"7": STORE, "8": STORE}}, "stores.*", 2),
        ({"7": STORE, "8": STORE}, "*", 2),
        ({"table": [["name", "zip"], ["Kite Hall", "02120"], ["Tern", "02121"]]}, "table", 2),
        ({"towns": [{"n": 1, "stores": [STORE, STORE]}, {"n": 2, "stores": [STORE]}]}, "towns.*.stores", 3),
        ({"a.b": [STORE], "c": [{"zip": "02120"}]}, "c", 1),
    ],
)
def test_json_rows_are_found_at_any_depth(document: Any, rows: str, count: int) -> None:
    best = of_json(document).found[0]
    assert (best.kind, best.rows, best.count) == ("table" if rows == "table" else "json", rows, count)


def test_fields_are_paths_within_a_row_with_a_sample() -> None:
    (found,) = of_json({"stores": [{"name": "", "open": None}, STORE | {"open": True, "tags": ["a", "b"]}]}).found

    assert found.fields["name"] == "Kite Hall"
    assert found.fields["address.street"] == "1 Kite St"
    assert found.fields["times"] == "1 × {date}"
    assert (found.fields["open"], found.fields["tags"]) == ("true", "a, b")


def test_slots_inside_rows_do_not_hide_the_rows() -> None:
    document = {"stores": [STORE | {"slots": [{"start": "2021-05-20", "count": 1, "vaccine": "Moderna"}] * 30}]}
    assert [found.rows for found in of_json(document).found] == ["stores"]


def test_the_next_step_is_the_code_to_write() -> None:
    assert of_json({"data": {"stores": [STORE]}}).next_step == 'use JsonAdapter and set rows = "data.stores"'
    assert of_json({"stores": {"7": STORE, "8": STORE}}).next_step == 'use JsonAdapter and set rows = "stores.*"'


def test_each_field_is_shown_with_the_code_that_reads_it() -> None:
    description = of_json(
        {"stores": [STORE | {"notes": "Ring"}, STORE], "links": [{"href": "/a"}, {"href": "/b"}]}
    ).sentences()

    assert description[1:] == [
        'rows = "stores" finds 2; a row has:',
        '  row["name"]               Kite Hall',
        '  row["address"]["street"]  1 Kite St',
        '  row["address"]["zip"]     02120',
        '  row["times"]              1 × {date}',
        '  row.get("notes")          Ring',
        "also rows = \"links\" finds 2: href = '/a'",
    ]


def test_lists_missing_in_some_records_are_not_proposed() -> None:
    document = {"towns": [{"n": 1, "stores": [STORE, STORE]}, {"n": 2, "stores": None}]}
    assert "towns.*.stores" not in [found.rows for found in of_json(document).found]


def test_json_without_rows_is_described_by_its_content() -> None:
    description = of_json({"error": "no session", "code": 7})
    assert description.sentences()[1] == "its top is an object with error, code"
    assert description.next_step.startswith("record the request that returns the list")


# --- HTML -------------------------------------------------------------------------------------------------------------


def test_repeated_blocks_are_the_rows_of_a_web_page() -> None:
    menu = "<ul>" + "<li><a href='/x'>More</a></li>" * 30 + "</ul>"
    page = f"<html><title>Find a clinic</title>{menu}<div id='list'>{CLINIC * 3}</div></html>"
    description = described(page)
    best = description.found[0]

    assert (description.kind, description.title, best.rows, best.count) == ("html", "Find a clinic", "div.clinic", 3)
    assert best.fields["h2"] == "Kite Hall"
    assert best.fields["a[href]"] == "/book/1"
    assert description.next_step == 'use HtmlAdapter and set rows = "div.clinic"'


def test_rows_with_alternating_classes_are_found_as_one_kind() -> None:
    striped = "".join(
        CLINIC.replace("clinic", f"card clinic {shade}") for shade in ("pale", "dark", "pale", "dark last")
    )
    best = described(f"<html><div class='card'>Menu</div><main>{striped}</main></html>").found[0]

    assert (best.rows, best.count) == ("div.clinic", 4)


def test_table_rows_exclude_the_header() -> None:
    body = "<tr><td>Kite Hall</td><td>5/20/2021</td></tr>" * 2
    description = described(f"<html><table id=list><tr><th>Name</th><th>Date</th></tr>{body}</table></html>")

    assert (description.found[0].rows, description.found[0].count) == ("tbody > tr:has(td)", 2)
    assert description.found[0].fields["td:nth-of-type(2)"] == "5/20/2021"
    assert "table with the columns Name, Date" in description.sentences()


def test_every_proposed_selector_finds_its_rows_and_fields() -> None:
    page = Page(answer(search(*(clinic(number=str(number)) for number in range(5)))))
    found = describe(page).found

    assert found
    for rows in found:
        nodes = page.html.css(rows.rows)
        assert len(nodes) == rows.count
        assert all(any(node.css_first(field) for node in nodes) for field in rows.fields)
    assert found[0].count == 5


def test_headings_forms_and_script_data_are_shown() -> None:
    description = described(
        "<html><h1>Clinics</h1><form method=post action=/find><input name=zip></form>"
        f"<script id=__DATA__ type=application/json>{json.dumps({'props': {'stores': [STORE]}})}</script>"
        f"<script>window.App = {json.dumps({'clinics': [STORE, STORE]})};</script></html>"
    ).sentences()

    assert "headings: Clinics" in description
    assert "form POST /find with zip" in description
    assert any(line.startswith("data inside script#__DATA__") and "props.stores: 1 ×" in line for line in description)
    assert any(line.startswith("data inside a script, as App") and "clinics: 2 ×" in line for line in description)


# --- other kinds ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kind", "sentence"),
    [
        ("name,town,zip\nKite Hall,Boston,02120\n", "csv", "use CsvAdapter"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VEVENT\n", "ics", "it holds 1 events"),
        ('{"id": 1}\n{"id": 2}\n', "ndjson", "it holds 3 lines"),
        ("<?xml version='1.0'?><rss><item/><item/></rss>", "xml", "item (2)"),
        ("Sorry, try later.", "text", "it begins Sorry, try later."),
        ("  \n", "empty", "record the visit again"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "text", "bytes"),
    ],
)
def test_other_kinds_of_content_are_named(body: str | bytes, kind: str, sentence: str) -> None:
    description = described(body)
    assert description.kind == kind
    assert any(sentence in line for line in (*description.sentences(), description.next_step))


def test_csv_rows_are_its_lines() -> None:
    (found,) = described("\ufeffname,town\nKite Hall,Boston\nTern,Salem\n", kind="text/csv").found
    assert (found.kind, found.rows, found.count, found.fields["town"]) == ("csv", "", 2, "Boston")


# --- hostile pages ----------------------------------------------------------------------------------------------------

NESTED: Mapping[str, Any] = {"stores": [STORE], "deep": json.loads("[" * 400 + "]" * 400)}


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        "<div>" * 60_000 + "x",
        "<p " + " ".join(f"a{number}" for number in range(60_000)) + ">x",
        "<script>window.X = " + "[" * 100_000 + "</script><p>x</p>",
        "<div class='\"] > * { :has('><p>a</p></div>" * 3,
        "<p>\ud800</p><p>\ud800</p>",
        json.dumps(NESTED),
        json.dumps([{"\x1b[2J\u202e": "\x1b[31m"}] * 3),
        json.dumps({f"k{number}": [{"a": number}] for number in range(30_000)}),
        "a,b\n" + '"' * 200_001 + ",c\n",
        "\x00" * 1000,
    ],
)
def test_a_hostile_page_is_described_in_short_printable_lines(body: str) -> None:
    description = described(body).sentences()

    assert all(line.isprintable() and len(line) < 2000 for line in description)
    assert len(description) < 60


def test_only_the_beginning_of_an_endlessly_nested_page_is_parsed() -> None:
    """Parsing the rest would take minutes."""
    description = described("<title>Deep</title>" + "<div>" * 400_000 + CLINIC * 2)
    assert (description.title, description.found) == ("Deep", ())
