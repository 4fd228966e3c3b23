"""One answer as an adapter sees it."""

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
from aggregator.adapter.markup import Markup, parsed
from aggregator.adapter.markup_limits import too_much_markup
from aggregator.adapter.table import read_csv
from aggregator.charset import decode_body, is_html
from aggregator.errors import PageError, RecordError, excerpt
from aggregator.model import Answer

_BASE = re.compile(r"<base\s", re.IGNORECASE)


class Page:
    """One answer as an adapter sees it: `url`, `text`, `html`, `shown`, `json`, `csv`.

    `unread` holds an error for each row that its parser could not read; the visit counts them as lost. `context` is
    what `pages` sent along.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.url = answer.url
        self.unread: list[RecordError] = []
        self.context: Any = None

    def with_context(self, context: Any) -> Self:
        """This page with what is needed to read its rows and is not on it, such as the store that was asked about.

        Rows get it as `row.context`. What was parsed of the page already is not parsed again.
        """
        page = copy.copy(self)
        page.context = context
        return page

    def error(self, what: str) -> PageError:
        """An error to raise: `what` is wrong with this page. The visit looks at the page to tell what came instead."""
        error = PageError(f"{self.url} {what}")
        error.answer = self.answer
        return error

    @cached_property
    def text(self) -> str:
        """The body as text, in the charset that a browser would choose."""
        return decode_body(self.answer.body, self.answer.headers.get("content-type", ""))

    @property
    def html(self) -> Html:
        """The body as a tree in which a `<br>` is a line break in the text; PageError where it is built to stall us."""
        return self.markup.tree

    @cached_property
    def markup(self) -> Markup:
        """`html`, and whether it came to its end."""
        self._refuse(too_much_markup(self.text))
        return parsed(self.text)

    @property
    def is_html(self) -> bool:
        """Whether the body is a page of HTML or part of one."""
        return is_html(self.text, self.answer.headers.get("content-type", ""))

    @cached_property
    def shown(self) -> str:
        """The text of the page on one line, without scripts and templates: they hold sentences that nobody is shown."""
        tree = self.html.clone()
        tree.strip_tags(["script", "style", "template"])
        return line(tree.body)

    def says(self, words: str) -> bool:
        """Whether the text holds `words`, however its lines are broken."""
        return words in " ".join(self.text.split())

    @cached_property
    def json(self) -> Any:
        """The body as JSON, read tolerantly (raw tabs inside strings were seen at CVS); PageError if it is none."""
        self._refuse(too_long(self.text, JSON))
        try:
            value = json.loads(self.text, strict=False)
        except RecursionError:  # beyond what Python can read, so far beyond the limit
            raise self.error(nested_too_deep(JSON)) from None
        except ValueError as error:
            raise self.error(f"is not JSON ({error}); it begins {excerpt(self.text.strip())}") from None
        self._refuse(too_deep(value))
        return value

    @cached_property
    def csv(self) -> list[dict[str, str]]:
        """The rows of a CSV by its header, also where quotes in a field are not doubled; PageError if none.

        A last row that was cut off is in `unread`.
        """
        self._refuse(too_long(self.text, CSV))
        try:
            header, rows, cut = read_csv(self.text)
        except csv.Error as error:
            raise self.error(f"is not readable as CSV ({error}); it begins {excerpt(self.text)}") from None
        if len(header) < 2:
            raise self.error(f"is not CSV with a header; it begins {excerpt(self.text)}")
        self.unread += [cut] if cut else []
        return rows

    def _refuse(self, why: str) -> None:
        if why:
            raise self.error(why)

    def found(self, pattern: re.Pattern[str]) -> re.Match[str]:
        """The first place where the text holds `pattern`; PageError where it does not."""
        if found := pattern.search(self.text):
            return found
        raise self.error(f"holds nothing like {pattern.pattern!r}; it begins {excerpt(self.text)}")

    @cached_property
    def link_base(self) -> str:
        """What a link without a host is relative to: a web page's URL, or the `<base>` it names; "" for data."""
        if not self.is_html:
            return ""
        base = attr(self.html, "base[href]", "href") if _BASE.search(self.text) else ""
        return urljoin(self.url, base)

    def join(self, href: str) -> str:
        """`href` of this page as an absolute URL, for requests; links for people are handed over as found."""
        if href.startswith("/") and not href.startswith("//") and "/." not in href:
            return self._origin + href  # what `urljoin` would give, at a tenth of its cost
        return urljoin(self.link_base or self.url, href)

    @cached_property
    def _origin(self) -> str:
        return urljoin(self.link_base or self.url, "/").rstrip("/")
