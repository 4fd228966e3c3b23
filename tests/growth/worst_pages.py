"""Pages that are hard to read, by kind: pieces that are repeated until a page has its size.

`{n}` in a piece is its number. Parsing takes quadratic time if the parser must repeat work for each piece: things
opened and never closed, many parts of one thing, the same thing many times.
"""

import json
from collections.abc import Mapping


def repeated(piece: str, size: int, before: str = "", after: str = "") -> str:
    """A page of about `size` characters."""
    times = max(1, size // len(piece))
    body = "".join(piece.replace("{n}", str(number)) for number in range(times)) if "{n}" in piece else piece * times
    return before + body + after


def _event(*lines: str, uid: str = "{n}") -> str:
    return "\n".join(("BEGIN:VEVENT", f"UID:{uid}", *lines, "END:VEVENT", ""))


def _of_one_event(line: str) -> tuple[str, str, str]:
    return f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\n{_START}\n", line, "END:VEVENT\nEND:VCALENDAR\n"


_START = "DTSTART;TZID=America/New_York:20260305T090000"
_ZONE = "BEGIN:VTIMEZONE\nTZID:{n}\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:-0400\nTZOFFSETTO:-0500\n"
_CALENDAR = ("BEGIN:VCALENDAR\n", "END:VCALENDAR\n")

Page = tuple[str, str, str]  # before, the piece that is repeated, after

_SCRIPT = '<script type="application/ld+json">'
LINKED_DATA: tuple[Page, ...] = (
    *((_SCRIPT + "[", piece, "1]</script>") for piece in (
        '{"@type":"Event","@id":"{n}","location":{"@id":"{n}"}},', '{"@type":"Event","location":{"@id":"0"}},',
        '{"@id":"{n}"},', '"\\",', '\\"', ",", ", ", '"', "//", "<![CDATA[", "]]>", "[],", '{"a":1,},',
    )),
    ("", _SCRIPT + '{"@type":"Event","url":"{n}"}</script>', ""),
    (_SCRIPT + '{"@type":"Event","location":[', '{"name":"{n}"},', '{"name":"a"}]}</script>'),
    (_SCRIPT + '{"@type":"Event","offers":[', '{"offers":[{"price":{n}}]},', "{}]}</script>"),
)  # fmt: skip

HTML: tuple[Page, ...] = (
    *(("<html><body>", piece, "") for piece in (
        "<p>", "<p>a</p>", "<b>", "<b></b>", "<b><p>", "<a>", "<a href={n}>y", "</p>", "</b>", "<br>", "<div>", "<br/",
        "<div>a</div>", "<table>", "<td>", "<tr><td>1", "x<table></table>", "<option>", "<select>", "<svg></svg>",
        "<li>", "<!--", "<!-- -->", "&amp;", "&", "&a", "a ", "a\n", "<script>", "<script></script>", "<form>", "é",
        "<template></template>", "<i><b></i>", "<p><b></p>", "<b class={n}></b>", "<p class={n}>", "<body a{n}=1>",
        "<strong>a:</strong> b", "<p><strong>a{n}: </strong>b</p>", "<style>", "<base href={n}>", "</", "<h1>", "]]>",
        "<", "\0",
    )),
    ("<p ", "a{n}=b ", ">"), ("<p a='", "b ", "'>"), ("<title>", "<b>", ""), ("<p class='", "c{n} ", "'>"),
)  # fmt: skip
JSON: tuple[Page, ...] = (
    ("[", "1,", "1]"), ("[", '{"a": []},', "1]"), ("", "[", ""), ("", '{"a":', ""), ('"', "\\u0041", '"'),
    ('"', "a", '"'), ('"', "\t", '"'), ("{", '"{n}": 1,', '"a": 1}'), ("{", '"a": 1,', '"a": 1}'), ("", "9", ""),
    ("[", "-1.5e3,", "1]"), ("0.", "9", ""), ("[", "9" * 4000 + ",", "1]"), ("[", '"a",', "1"), ("", " ", "1"),
    ("", "<p>", ""), ('"', "\\", ""), ("[", "[[[[[[[[1]]]]]]]],", "1]"), ("[", '"\\ud800",', "1]"),
    ("[", "NaN,", "1]"),
)  # fmt: skip
CSV: tuple[Page, ...] = tuple(
    ("a,b,c\n", piece, "\n")
    for piece in (
        "1,2,3\n", '"', '""', '"a""b",2,3\n', 'a"b"c,2,3\n', ",", "\n", "\r", '"1\n2",3\n', '1,"', 'a"b,', '"a"b",',
        '"a b"', "é,", "1,2,3,4,5,6,7,8\n", ' "a", ', ',"\n', '","', "\0", 'x"y\n',
    )
)  # fmt: skip
CALENDAR: tuple[Page, ...] = (
    *((_CALENDAR[0], piece, _CALENDAR[1]) for piece in (
        _event(_START), _event(_START, uid="one"), _event("DTSTART:20260305"), _event(_START, "RRULE:FREQ=DAILY"),
        _event(_START, "RRULE:FREQ=DAILY", uid="one"), _event(_START, f"RECURRENCE-ID{_START[7:]}", uid="one"),
        _event("DTSTART:20200105T090000Z", "RRULE:FREQ=MINUTELY"), _event(_START, "RRULE:FREQ=YEARLY;BYSETPOS=1,2,3"),
        _event("DTSTART;TZID={n}:20260305T090000"), "BEGIN:VEVENT\n", "BEGIN:VCALENDAR\n", "END:VEVENT\n",
        "\n", " \n", ":\n", "BEGIN:VTIMEZONE\n", f"{_ZONE}END:STANDARD\nEND:VTIMEZONE\n", "BEGIN:VALARM\n", "a",
        "END:VCALENDAR\n",
    )),
    *(_of_one_event(line) for line in (
        "EXDATE:20260305T090000Z\n", "RDATE:20260305T090000Z\n", "RRULE:FREQ=DAILY;COUNT=50\n", "BEGIN:VALARM\n",
        "ATTENDEE;CN=a:mailto:{n}\n", "DESCRIPTION:a\n", "DESCRIPTION:{n}\n", " folded\n", f"{_START}\n",
        "BEGIN:X{n}\n", "CATEGORIES:a,b,c\n", 'X;A="b:";C=d:e\n',
    )),
    (f"{_CALENDAR[0]}BEGIN:VEVENT\nUID:1\nSUMMARY:", "\\,", "\nEND:VEVENT\nEND:VCALENDAR"),
    (f"{_CALENDAR[0]}BEGIN:VEVENT\nUID:1\nSUMMARY", ";A=b", ":c\nEND:VEVENT\nEND:VCALENDAR"),
    (f"{_CALENDAR[0]}BEGIN:VEVENT\nUID:1\nSUMMARY;A=", '"b",', ":c\nEND:VEVENT\nEND:VCALENDAR"),
    (f"{_CALENDAR[0]}BEGIN:VEVENT\nUID:1\nEXDATE:", "20260305T090000Z,", "\nEND:VEVENT\nEND:VCALENDAR"),
    (f"{_CALENDAR[0]}BEGIN:VEVENT\nUID:1\n{_START}\nRRULE:FREQ=DAILY;BYHOUR=", "1,", "2\nEND:VEVENT\nEND:VCALENDAR"),
    (f"{_CALENDAR[0]}{_ZONE}", "RDATE:20260305T090000\n", "END:STANDARD\nEND:VTIMEZONE\nEND:VCALENDAR"),
)  # fmt: skip


def _record(kind: str, **fields: object) -> str:
    return json.dumps({"resourceType": kind, "id": "{n}", **fields}) + "\n"


_AT_ONE = {"actor": [{"reference": "Location/0"}]}
_ADDRESS = {"line": ["{n} Elm St"], "city": "Boston", "state": "MA", "postalCode": "02118"}
# what is repeated in each file of a feed
FEEDS: Mapping[str, Mapping[str, str]] = {
    "places, schedules, and slots": {
        "Location": _record("Location", name="Hall {n}", address=_ADDRESS),
        "Schedule": _record("Schedule", actor=[{"reference": "Location/{n}"}]),
        "Slot": _record("Slot", status="free", schedule={"reference": "Schedule/{n}"}, start="2026-03-05T09:00:00Z"),
    },
    "all slots at one place": {
        "Location": '{"resourceType": "Location", "id": "0", "address": {"state": "MA"}}\n',
        "Schedule": _record("Schedule", **_AT_ONE),
        "Slot": _record("Slot", status="free", schedule={"reference": "Schedule/{n}"}, start="2026-03-05T09:00:00Z"),
    },
    "slots of one schedule at places without end": {
        "Location": _record("Location", address={"state": "MA"}),
        "Schedule": json.dumps(
            {"resourceType": "Schedule", "id": "0", "actor": [{"reference": f"Location/{n}"} for n in range(1000)]}
        )
        + "\n",
        "Slot": _record("Slot", status="free", schedule={"reference": "Schedule/0"}),
    },
    "one identifier": {
        "Location": _record("Location", address={"state": "MA"}, identifier=[{"system": "a", "value": "b"}] * 5),
        "Schedule": _record("Schedule", actor=[{"type": "Location", "identifier": {"system": "a", "value": "b"}}]),
        "Slot": _record("Slot", schedule={"reference": "#s"}, contained=[{"resourceType": "Schedule", "id": "s"}]),
    },
    "services": {
        "Location": _record("Location", address={"state": "MA"}),
        "Schedule": _record("Schedule", actor=[{"reference": "HealthcareService/0"}]),
        "HealthcareService": json.dumps(
            {
                "resourceType": "HealthcareService",
                "id": "0",
                "location": [{"reference": f"Location/{n}"} for n in range(1000)],
            }
        )
        + "\n",
        "Slot": _record("Slot", status="free", schedule={"reference": "Schedule/{n}"}),
    },
    "no line breaks": {"Location": '{"resourceType": "Location", "id": "{n}"}', "Schedule": "{}", "Slot": "["},
    "breaks": {"Location": '{"a": }\n', "Schedule": '\n{"a"', "Slot": '{"resourceType": "Slot"}\n{"'},
    "lists": {"Location": "[[[]]]\n", "Schedule": '{"resourceType": "Bundle", "entry": [{}]}\n', "Slot": "[],"},
    "other records": {"Location": _record("Slot"), "Schedule": _record("Location"), "Slot": "7\n"},
}
