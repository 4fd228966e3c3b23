"""Renders views to pages with the templates of `site_templates/`; the only module that uses Jinja2.

The templates escape all texts, a missing variable is an error, links between pages are relative, and no page loads
anything from another host.
"""

import re
from ast import literal_eval
from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from json import JSONEncoder
from pathlib import PurePosixPath
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.ext import Extension
from markupsafe import Markup, escape

from aggregator import bundled
from aggregator.site.cards import Card
from aggregator.site.compiled_templates import compiled_templates
from aggregator.site.unavailable_row import UnavailableRow
from aggregator.site.views import Site
from aggregator.wording import CheckedLine, Language, RenderContext

SHELL = ("top", "home", "languages", "search", "filters", "notices", "opening", "made", "preloads")
_MESSAGE = re.compile(r"\{\{\s*_\((\"(?:[^\"\\]|\\.)*\")\)\s*\}\}")  # a message without values
_CALL = re.compile(r"\{\{ (?:\w+\.)?(\w+)\(([\w., ]*)\) \}\}")  # of a macro, whose arguments are names
_JSON = JSONEncoder(sort_keys=True)  # created once: Jinja's `tojson` creates one for each page
INLINED = ("parts.html", "sharing.html")
SCRIPTS = ("page.js", "list.js", "asked.js", "places.js", "find.js", "here.js", "all.js", "live.js")
ASSETS = (*SCRIPTS, "icon.svg", "icon.png")


class Level:
    """Renders the pages at one depth of the site. `root`: the relative path to the top of their language.

    Their common parts (head, footer, …) are rendered once: for 500 place pages they would be half of the work.
    `folder`: the folder of the language, "" for the first one.
    """

    def __init__(self, site: Site, context: RenderContext, root: str, folder: str) -> None:
        self._env = environment(context.language)
        self.root = root
        shared = {"site": site, "root": root, "release": f"{root}../" if folder else root}
        shell = self._env.get_template("shell.html").make_module(shared)
        self._templates: dict[str, Template] = {}
        self._parts: Any = self._env.get_template("parts.html").module
        self._checked_lines: dict[CheckedLine, Markup] = {}
        self._context = shared | {
            "shell": SimpleNamespace(**{name: getattr(shell, name)() for name in SHELL}),
            "parts": self._parts,
            "sharing": self._env.get_template("sharing.html").module,
        }
        begin, end = str(shell.begin()), str(shell.end())  # type: ignore[attr-defined]  # they are its macros
        self._begin, self._end = (text.encode("utf-8", "replace") for text in (begin, end))

    def html(self, template: str, path: str, view: object = None, **more: object) -> bytes:
        """The page at `path`; `more` goes to its template. A lone surrogate in a source's text becomes "?"."""
        page = self._template(template).render(self._context, path=path, view=view, **more)
        return self._begin + page.encode("utf-8", "replace") + self._end

    def _template(self, name: str) -> Template:
        if name not in self._templates:
            template = self._templates[name] = self._env.get_template(name)
            template.globals = dict(template.globals)  # Jinja copies its chain of dictionaries key by key for each page
        return self._templates[name]

    def card(self, card: Card) -> Markup:
        """The list item of a place with appointments."""
        rendered: Markup = self._parts.card(card, self.root, self._checked_line(card.checked_line))
        return rendered

    def row(self, row: UnavailableRow) -> Markup:
        """The list item of any other place."""
        rendered: Markup = self._parts.row(row, self.root, self._checked_line(row.checked_line))
        return rendered

    def _checked_line(self, line: CheckedLine) -> Markup:
        if line not in self._checked_lines:
            self._checked_lines[line] = self._parts.checked_line(line)
        return self._checked_lines[line]


@lru_cache
def content_security_policy() -> str:
    """The content security policy of the pages, which each has in a `<meta>`."""
    digest = b64encode(sha256(asset("style.css")).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; script-src 'self'; connect-src 'self'; img-src 'self'; "
        "manifest-src 'self'; base-uri 'none'; form-action 'self'"
    )


class _DirectAttributes(CodeGenerator):
    """Compiles `{{ place.name }}` to just that; Jinja also looks for an item of that name, which takes a call."""

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        self.write("(")
        self.visit(node.node, frame)
        self.write(f").{node.attr}")


class Translated(Extension):
    """Translates `{{ _("…") }}` when a template is loaded instead of on each of a thousand pages.

    The translation becomes a string literal, so Jinja never runs a translator's text as code.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        language: Language = self.environment.language  # type: ignore[attr-defined]
        return _MESSAGE.sub(lambda found: f"{{{{ {language.say(literal_eval(found[1]))!a} }}}}", source)


@lru_cache
def _macros() -> dict[str, tuple[str, str]]:
    """The parameters and the text of each macro of `INLINED`."""
    found = {}
    for file in INLINED:
        for macro in asset(file).decode().split("{% macro ")[1:]:
            head, _, rest = macro.partition(") %}")
            name, _, parameters = head.partition("(")
            found[name] = parameters, rest.partition("{% endmacro %}")[0].removeprefix("\n")
    return found


class Inlined(Extension):
    """Replaces calls of the `INLINED` macros by their bodies when a template is loaded, because Jinja's calls are slow.

    The dozen calls on the page of a place took as long as the rest of the page.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        parts = _macros()

        def body(call: re.Match[str]) -> str:
            if call[1] not in parts:
                return call[0]
            parameters, text = parts[call[1]]
            values = zip(parameters.split(", "), call[2].split(", "), strict=True)
            scope = ", ".join(f"{parameter}={value}" for parameter, value in values)
            return f"{{%+ with {scope} +%}}{_CALL.sub(body, text)}{{%+ endwith +%}}"

        return _CALL.sub(body, source)


@lru_cache
def environment(language: Language) -> Environment:
    """The Jinja environment of a language, with the values that are the same on every page."""
    env = Environment(
        loader=FileSystemLoader(bundled.TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n", Inlined, Translated],
        bytecode_cache=compiled_templates(language.tag),
    )
    env.code_generator_class = _DirectAttributes
    env.policies["json.dumps_function"] = lambda value, **_: _JSON.encode(value)
    env.extend(language=language)
    translations = language.translations
    env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: escape(translations.gettext(message)),
        lambda one, many, number: escape(translations.ngettext(one, many, number)),
        newstyle=True,
    )
    env.globals.update(
        policy=content_security_policy(),
        style=asset("style.css").decode(),
        scripts=f"{PurePosixPath(hashed(SCRIPTS[0])).parent}/",
        icon=hashed("icon.svg"),
        picture=hashed("icon.png"),
    )
    return env


@lru_cache
def asset(name: str) -> bytes:
    """The content of a file of `site_templates/`."""
    return (bundled.TEMPLATES / name).read_bytes()


def hashed(name: str) -> str:
    """Path of a published asset, with its content hash, so that it can be cached forever.

    Scripts import each other by name, so they share a folder named after the hash of all of them.
    """
    if name in SCRIPTS:
        return f"assets/{_hash(b''.join(asset(script) for script in SCRIPTS))}/{name}"
    path = PurePosixPath(name)
    return f"assets/{path.stem}.{_hash(asset(name))}{path.suffix}"


def _hash(content: bytes) -> str:
    return sha256(content).hexdigest()[:10]
