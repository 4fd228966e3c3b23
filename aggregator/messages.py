"""The messages of code and templates, and the catalogues that translate them. `make messages` runs this.

Catalogues are gettext files in `site_templates/translations/`, one a language, kept by people; what is new comes in
without a translation, what is not used any more goes out. A test fails until every message is translated.
"""

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from aggregator.wording.language import CATALOGUES

ROOT = Path(__file__).parents[1]
_ONE_AND_MANY = (1, 2)
KEYWORDS = {
    **{"_": None, "gettext": None, "say": None, "message": None},
    **{"ngettext": _ONE_AND_MANY, "count": _ONE_AND_MANY, "forms": _ONE_AND_MANY},
}
ROOMS = (("aggregator", "**.py", "python"), ("site_templates", "**.html", "jinja2.ext.babel_extract"))
# as `publish.templates` reads them
OPTIONS = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
WIDTH = 120
# of a header: nothing that a reader of the catalogue needs, and some of it changes with each run
BOILERPLATE = (
    *("# Copyright", "# This file", "# FIRST", '"Report-Msgid', '"POT-Creation', '"PO-Revision', '"Last-Translator'),
    *('"Language-Team', '"Generated-By', '"Project-Id-Version'),
)


def messages() -> Catalog:
    """All messages in English, with where they stand."""
    found = Catalog(charset="utf-8")
    for folder, files, method in ROOMS:
        options = {files: OPTIONS} if method.startswith("jinja2") else {}
        rows = extract_from_dir(
            ROOT / folder, [(files, method)], options, keywords=KEYWORDS, directory_filter=lambda _: True
        )
        for name, _, message, _, _ in rows:
            if message and all(message):
                found.add(message, locations=[(f"{folder}/{name}", 0)])
    return found


def updated(path: Path) -> Catalog:
    """The catalogue at `path` with just the messages that there are."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.stem.replace("-", "_"))
    catalogue.update(messages(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def catalogues() -> Iterator[Path]:
    """The files of all languages."""
    yield from sorted(CATALOGUES.glob("*.po"))


def main() -> None:
    for path in catalogues():
        written = io.BytesIO()
        write_po(written, updated(path), width=WIDTH, sort_output=True, include_lineno=False)
        lines = written.getvalue().decode().splitlines(keepends=True)
        path.write_text("".join(line for line in lines if not line.startswith(BOILERPLATE)), encoding="utf-8")


if __name__ == "__main__":
    main()
