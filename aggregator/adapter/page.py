"""`Page`: one answer of a booking system, with its body as text, HTML, JSON, or CSV."""

import copy
import csv
import json
import re
from functools import cached_property
from typing import Any, Self
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser as Html

from aggregator.adapter.extract import attr, line
from aggregator.adapter.limits import CSV, JSON, nested_too_deep, too_deep, too_long
from aggregator.adapter.markup import Markup, parse_html
from aggregator.adapter.markup_limits import too_much_markup
from aggregator.adapter.script import script_json
from aggregator.adapter.table import read_csv
from aggregator.charset import decode_body, is_html
from aggregator.errors import PageError, RecordError, excerpt
from aggregator.model import Answer

_BASE = re.compile(r"<base\s", re.IGNORECASE)


class Page:
    """One answer as an adapter sees it: `url`, `status`, `text`, `html`, `shown`, `json`, `csv`.

    `unread` has an error for each row that its parser could not read; the visit counts these rows as lost. `context` is
    what `pages` attached.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.url = answer.url
        self.status = answer.status  # 200, or one of the adapter's `answers`
        self.unread: list[RecordError] = []
        self.context: Any = None

    def with_context(self, context: Any) -> Self:
        """A copy of this page with context that its rows need, such as the store that was requested.

        Rows get it as `row.context`. The copy shares what was already parsed.
        """
        page = copy.copy(self)
        page.context = context
        return page

    def error(self, what: str) -> PageError:
        """An error about this page to raise; `what` completes a sentence that begins with its URL.

        The visit inspects the page to find out what came instead, such as a waiting room.
        """
        error = PageError(f"{self.url} {what}")
        error.answer = self.answer
        return error

    @cached_property
    def text(self) -> str:
        """The body as text, decoded with the charset that a browser would choose."""
        return decode_body(self.answer.body, self.answer.headers.get("content-type", ""))

    @property
    def html(self) -> Html:
        """The body as a tree, with each `<br>` as a line break in the text; PageError for a page built to stall us."""
        return self.markup.tree

    @cached_property
    def markup(self) -> Markup:
        """`html`, and whether the page is complete."""
        self._refuse(too_much_markup(self.text))
        return parse_html(self.text)

    @property
    def is_html(self) -> bool:
        """Whether the body is HTML: a page or a fragment."""
        return is_html(self.text, self.answer.headers.get("content-type", ""))

    @cached_property
    def shown(self) -> str:
        """The visible text of the page on one line. Scripts and templates contain sentences that nobody is shown."""
        tree = self.html.clone()
        tree.strip_tags(["script", "style", "template"])
        return line(tree.body)

    def says(self, words: str) -> bool:
        """Whether the text contains `words`, regardless of line breaks."""
        return words in " ".join(self.text.split())

    @cached_property
    def json(self) -> Any:
        """The body as JSON, parsed tolerantly (CVS sends raw tabs in strings); PageError if it is not JSON."""
        self._refuse(too_long(self.text, JSON))
        try:
            value = json.loads(self.text, strict=False)
        except RecursionError:  # Python cannot parse it, so it is far beyond the limit.
            raise self.error(nested_too_deep(JSON)) from None
        except ValueError as error:
            raise self.error(f"is not JSON ({error}); it begins {excerpt(self.text.strip())}") from None
        self._refuse(too_deep(value))
        return value

    def records(self, key: str) -> list[dict[str, Any]]:
        """The JSON as a list of records with a text under `key`; PageError for anything else, such as an error.

        The list may be wrapped in an object that holds nothing else, as some clients have seen it.
        """
        found = self.json
        if isinstance(found, dict) and len(found) == 1:
            (found,) = found.values()
        if isinstance(found, list) and all(isinstance(one, dict) and isinstance(one.get(key), str) for one in found):
            return found
        raise self.error(f"is not a list of records with {key!r}; it begins {excerpt(self.text)}")

    def script_json(self, name: str) -> Any:
        """The list or object after `var NAME =` in a script of the page; PageError if there is none, or two."""
        try:
            return script_json(self.text, name)
        except ValueError as error:
            raise self.error(str(error)) from None

    @cached_property
    def csv(self) -> list[dict[str, str]]:
        """The rows of a CSV by its header, even if quotes in a field are not doubled; PageError if it is not CSV.

        An incomplete last row is in `unread`.
        """
        self._refuse(too_long(self.text, CSV))
        try:
            header, rows, cut = read_csv(self.text)
        except csv.Error as error:
            raise self.error(f"cannot be read as CSV ({error}); it begins {excerpt(self.text)}") from None
        if len(header) < 2:
            raise self.error(f"is not a CSV with a header; it begins {excerpt(self.text)}")
        self.unread += [cut] if cut else []
        return rows

    def _refuse(self, why: str) -> None:
        if why:
            raise self.error(why)

    def found(self, pattern: re.Pattern[str]) -> re.Match[str]:
        """The first match of `pattern` in the text; PageError if there is none."""
        if found := pattern.search(self.text):
            return found
        raise self.error(f"contains nothing that matches {pattern.pattern!r}; it begins {excerpt(self.text)}")

    @cached_property
    def link_base(self) -> str:
        """The base of links without a host: a web page's URL or its `<base>`; "" for data."""
        if not self.is_html:
            return ""
        base = attr(self.html, "base[href]", "href") if _BASE.search(self.text) else ""
        return urljoin(self.url, base)

    def join(self, href: str) -> str:
        """An `href` of this page as an absolute URL, for requests. Links for people are passed on as found."""
        if href.startswith("/") and not href.startswith("//") and "/." not in href:
            return self._origin + href  # the result of `urljoin`, at a tenth of its cost
        return urljoin(self.link_base or self.url, href)

    @cached_property
    def _origin(self) -> str:
        return urljoin(self.link_base or self.url, "/").rstrip("/")
