"""HTML pages: truncated ones, and complete ones with missing tags."""

from collections.abc import AsyncIterator

import pytest

from aggregator.adapter import Fetch, Page, SourceInfo
from aggregator.adapter.markup import parse_html
from aggregator.model import Outcome, Report
from tests.support.pages import SEARCH, WAITING_ROOM, Reply, TableClient, answer, names, source, visit
from tests.support.small_adapters import MORE, Halls, Signs, ThreePages, halls

PAGE = """<!DOCTYPE html><html lang=en><head><title>Halls</title></head><body>
<p>Halls:</p><ul><li><h2>Gull Hall</h2><a href="/gull?a=1&b=2" title="a > b">Book</a>
<li><h2>Tern Hall</h2></ul><!-- built today --><script>var all = "<h2>";</script><table><tr><td>1</table>
</body></html>"""


def seen(page: Reply, adapter: Signs | None = None) -> Report:
    return visit(adapter or Signs(), source(), TableClient({SEARCH: page}))


@pytest.mark.parametrize(
    "end",
    [
        "</body></html>", "</BODY></HTML >", "</html\n>", "</body>", "", "<footer>us</footer>", "<p>us",
        "<ul><li>us</ul>", "</body></html><script>var late = 1</script>",
        "</body></html>\n<!-- 12 ms -->", "<p>1 < 2", "<div>us</html>",
        "<script>var x = '<!-- ';</script>", "<table><tr><td>us</table>", "<select><option>1</select>",
        "<template><p></template>", "<textarea></html></textarea>", "<br>",
    ],
)  # fmt: skip
def test_a_page_is_complete_without_the_end_tags_that_html_makes_optional(end: str) -> None:
    report = seen(f"<!doctype html><html><body><p>Halls:<h2>Gull Hall</h2>{end}")
    assert (names(report), report.outcome, report.whole) == (["Gull Hall"], Outcome.OK, True)


@pytest.mark.parametrize(
    "end",
    [
        "<", "</", "<!", "<di", "<a hre", '<a href="/gull', "<a title='a > b", "<!-- bui", "<!-- built --",
        "<script>var a", "<script>'</body></html>'", "<style>p {", "<textarea>a", "<title>Ha", "<script src=x",
    ],
)  # fmt: skip
def test_a_page_that_ends_inside_a_tag_is_truncated_whatever_the_tag(end: str) -> None:
    for begin in ("<html><body>", ""):
        for kind in ("", "text/html"):
            report = seen(answer(f"{begin}<p>Halls:<h2>Gull Hall</h2>{end}", content_type=kind))
            assert (names(report), report.outcome, report.whole) == ([], Outcome.CHANGED, False)
            assert "is cut off inside a tag, a comment, or a script" in report.message


@pytest.mark.parametrize(("end", "tag"), [("<table><tr><td>us", "table"), ("<div><p>us", "div"), ("<ul><li>us", "ul")])
def test_a_page_that_ends_inside_an_element_with_a_required_end_tag_is_truncated(end: str, tag: str) -> None:
    report = seen(f"<html><body><p>Halls:<h2>Gull Hall</h2>{end}")
    assert (names(report), report.outcome, report.whole) == ([], Outcome.CHANGED, False)
    assert f"is cut off inside <{tag}>" in report.message


def test_an_html_fragment_may_be_malformed() -> None:
    assert names(seen("<p>Halls:<div><h2>Gull Hall</h2><a href=/gull>Book")) == ["Gull Hall"]


def test_a_page_truncated_anywhere_is_reported_or_still_lists_what_arrived() -> None:
    whole = parse_html(PAGE)
    assert (whole.cut_inside, whole.left_open) == ("", "")
    for length in range(PAGE.index("Gull Hall"), PAGE.index("</ul>") + 5):
        report = seen(PAGE[:length])
        assert (names(report), report.whole) == ([], False), PAGE[:length]


def test_detecting_the_end_does_not_change_the_tree() -> None:
    tree = parse_html("<p>Halls:<b>a<br>b</p>").tree
    assert tree.body is not None
    assert tree.body.html == "<body><p>Halls:<b>a\nb</b></p></body>"


class Paged(Signs):
    next_page = "a.next"
    last_page = "i.last"


@pytest.mark.parametrize("pager", ["<i class=last>end</i>", "<i class=last></i><footer>"])
def test_a_page_with_its_end_marker_may_lack_end_tags_but_not_end_inside_a_tag(pager: str) -> None:
    page = f"<html><body><main><p>Halls:<h2>Gull Hall</h2>{pager}"
    assert seen(page, Paged()).whole
    assert not seen(f"{page}<a hre", Paged()).whole


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"halls": ["Gull"], "note": "<html><body><p>cut"}', "application/json"),
        ('{"halls": ["Gull"], "note": "<html><!-- cut"}', "text/html"),
    ],
)
def test_html_inside_data_stays_data(text: str, kind: str) -> None:
    report = visit(Halls(), source(), TableClient({SEARCH: answer(text, content_type=kind)}))
    assert (names(report), report.whole) == (["Gull"], True)


def test_a_truncated_waiting_room_is_still_a_waiting_room() -> None:
    assert seen(WAITING_ROOM[:-9]).outcome is Outcome.BUSY


def test_a_truncated_page_that_only_links_to_others_makes_the_visit_partial() -> None:
    class Led(ThreePages):
        async def pages(self, source: SourceInfo, fetch: Fetch) -> AsyncIterator[Page]:
            await fetch.try_fetch(MORE)
            yield await fetch(source.url)

    replies: dict[str, Reply] = {MORE: "<html><body><ul><li><a href=/gull>", SEARCH: halls("Gull")}
    report = visit(Led(), source(), TableClient(replies))
    assert (names(report), report.outcome, report.whole) == (["Gull"], Outcome.CHANGED, False)
    assert f"{MORE} is cut off inside <a>" in report.message
