"""Every catalog has exactly the existing messages, all translated, with the same placeholders."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from aggregator.site.pages import page_files
from aggregator.wording.languages import CATALOGUES, Language
from tests.support import snapshots
from tests.support.paths import ROOT

VALUE = re.compile(r"%\((\w+)\)s")
FILES = sorted(CATALOGUES.glob("*.po"))
SPEAKING = ("wording", "site", "exports")  # the packages that babel.cfg names


def read(path: Path, locale: str | None = None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def locale_of(path: Path) -> str:
    return path.stem.replace("-", "_")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All messages in English, extracted as by `make messages`."""
    pot = tmp_path_factory.mktemp("messages") / "messages.pot"
    keywords = re.search(r"^KEYWORDS := (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert keywords
    folders = [str(ROOT / name) for name in ("aggregator", "site_templates")]
    mapping = ["--mapping-file", str(ROOT / "babel.cfg"), "--keywords", keywords[1]]
    pybabel = [sys.executable, "-m", "babel.messages.frontend", "--quiet"]
    subprocess.run([*pybabel, "extract", *mapping, "--output-file", str(pot), *folders], check=True)
    return pot


def texts(message: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else tuple(message)


def test_the_promised_languages_exist() -> None:
    assert {path.stem for path in FILES} == {"es", "fr", "ht", "pt", "vi", "zh-Hans"}


def messages_in(file: Path) -> set[tuple[str, ...]]:
    """The messages in the calls of a module, including nested ones."""
    found: set[tuple[str, ...]] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        name = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
        forms = {"say": 1, "count": 2}.get(name, 0)
        if isinstance(node, ast.Call) and forms and len(node.args) >= forms:
            plain = (one.value for one in node.args[:forms] if isinstance(one, ast.Constant))
            given = tuple(one for one in plain if isinstance(one, str))
            found |= {given} if len(given) == forms else set()
    return found


def test_every_package_with_user_visible_text_is_searched_for_messages() -> None:
    with_messages = {file for file in (ROOT / "aggregator").rglob("*.py") if messages_in(file)}

    assert {file.relative_to(ROOT / "aggregator").parts[0] for file in with_messages} == set(SPEAKING)


@pytest.mark.parametrize("room", SPEAKING)
def test_the_message_template_contains_every_message_in_the_code(room: str, template: Path) -> None:
    known = {texts(message.id) for message in read(template) if message.id}
    found = {
        message for file in (ROOT / "aggregator" / room).rglob("*.py") for message in messages_in(file) if message[0]
    }

    assert found - known == set(), "take it out of the f-string"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_message_is_missing_or_obsolete(path: Path, template: Path) -> None:
    wanted = {texts(message.id) for message in read(template) if message.id}
    known = {texts(message.id) for message in read(path, locale_of(path)) if message.id}

    assert known - wanted == set(), "run `make messages`"
    assert wanted - known == set(), "run `make messages`, then translate"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_message_is_translated_with_its_placeholders(path: Path) -> None:
    catalogue = read(path, locale_of(path))
    for message in catalogue:
        if not message.id:
            continue
        forms = texts(message.string or "")
        assert all(forms) and not message.fuzzy, message.id
        assert len(forms) == (catalogue.num_plurals if message.pluralizable else 1), message.id
        allowed = {name for text in texts(message.id) for name in VALUE.findall(text)}
        for form in forms:
            assert set(VALUE.findall(form)) - allowed == set(), form
            assert "%" not in VALUE.sub("", form).replace("%%", ""), form
        assert allowed - {"n"} <= set(VALUE.findall(forms[-1])), message.id


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_pages_are_in_their_language(path: Path) -> None:
    tag = path.stem
    made = page_files(snapshots.full(), snapshots.region(languages=("en", tag)))
    pages = {file.path: file.make().decode() for file in made if file.path in ("index.html", f"{tag}/index.html")}

    assert f'<html lang="{tag}"' in pages[f"{tag}/index.html"]
    assert Language(tag, "US").say("Places with appointments") in pages[f"{tag}/index.html"]
    assert "Places with appointments" not in pages[f"{tag}/index.html"]
    assert "Places with appointments" in pages["index.html"]
