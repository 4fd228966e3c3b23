"""docs/providers.md, generated: every adapter, what it reads, and what proves it. `make providers` writes it anew."""

import ast
import importlib
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

from aggregator import registry

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests"
RECORDING = re.compile(r'"([\w-]+)/([\w.-]+)\.har"')
HEAD = """# Providers

Generated from the headers of `providers/*.py` and the recordings that `tests/` names by `make providers`; do not edit.

"Seen" names the recordings of the real system that the adapter is tested on, with the day they were made (they are
other people's pages and not part of this repository). Where there is none, the shape comes from published code and was
never seen by us. Every adapter is also tested on answers of our own making. The systems are described as they were
between 2021 and 2023: what they answer today, a run tells.
"""
NOT_BUILT = """
## Not built

By policy: whatever needs a login, a questionnaire, a captcha, a reserved slot or a browser in disguise. Walmart, Sam's
Club, Publix, Walgreens' own search and the chains on EnlivenHealth are such systems. A region file can name their page
as the `door` of a source that reads an open feed, and people look there themselves.
"""


def catalogue() -> str:
    """The document."""
    return HEAD + "".join(_entry(name) for name in registry.names()) + NOT_BUILT


def _entry(name: str) -> str:
    module = importlib.import_module(f"{registry.PACKAGE}.{name}")
    header = ast.get_docstring(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))) or ""
    seen = _seen().get(name, [])
    proof = ", ".join(f"`{capture}`" for capture in seen) if seen else "never by us"
    return f"\n## {registry.load(name).title} (`{name}`)\n\n{header}\n\nSeen: {proof}.\n"


@cache
def _seen() -> dict[str, list[str]]:
    """Provider -> the recordings of the real system that any test names, in order."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for case in TESTS.glob("providers/*/*.toml"):
        found[case.parent.name] |= {recording for _, recording in RECORDING.findall(case.read_text(encoding="utf-8"))}
    for file in TESTS.glob("test_*.py"):
        for system, recording in RECORDING.findall(file.read_text(encoding="utf-8")):
            feed = system == "smart_scheduling_links" or recording.startswith("smart-")
            found["smart_scheduling_links" if feed else system.replace("-", "_")].add(recording)
    return {name: sorted(recordings) for name, recordings in found.items()}


def main() -> None:
    """Writes docs/providers.md."""
    (ROOT / "docs" / "providers.md").write_text(catalogue(), encoding="utf-8")


if __name__ == "__main__":
    main()
