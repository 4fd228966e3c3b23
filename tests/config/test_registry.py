"""Adapters are found by the name of their file."""

from pathlib import Path

import pytest

from aggregator import bundled, registry
from aggregator.errors import AdapterError, ConfigError
from tests.support.records import source

ADAPTER = """
from aggregator.adapter import HtmlAdapter

class {name}(HtmlAdapter):
    name = "{adapter}"
    title = "A made-up system"
    rows = "div"
    options = {{"layout": ("old", "new")}}

    def listing(self, row):
        return None
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of adapters that the registry uses instead of `providers`."""
    folder = tmp_path / "made_up_providers"
    folder.mkdir()
    monkeypatch.setattr(bundled, "PROVIDERS", folder)
    return folder


def test_an_adapter_is_registered_by_its_file(package: Path) -> None:
    (package / "example.py").write_text(ADAPTER.format(name="Example", adapter="example"))
    (package / "another.py").write_text(ADAPTER.format(name="Another", adapter="another"))
    assert registry.names() == ("another", "example")
    assert registry.load("example").__name__ == "Example"


def test_an_unknown_provider_error_lists_the_known_ones(package: Path) -> None:
    (package / "example.py").write_text(ADAPTER.format(name="Example", adapter="example"))
    with pytest.raises(ConfigError, match=r"provider 'exmaple' has no adapter: .*exmaple\.py; choose one of: example$"):
        registry.load("exmaple")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("", "defines none;"),
        (ADAPTER.format(name="Example", adapter="other"), r"defines Example \(name 'other', line 4\)"),
        (
            ADAPTER.format(name="One", adapter="example") + ADAPTER.format(name="Two", adapter="two"),
            r"defines One \(name 'example', line 4\), Two \(name 'two', line 15\)",
        ),
    ],
    ids=["no adapter", "another name", "two adapters"],
)
def test_a_file_must_define_exactly_one_adapter_of_its_name(package: Path, text: str, seen: str) -> None:
    (package / "example.py").write_text(text)
    with pytest.raises(AdapterError, match=rf"example\.py: must define one adapter, with name 'example', but {seen}"):
        registry.load("example")


@pytest.mark.parametrize("options", [{"layout": "older"}, {"layout": 1}, {"layout": ["old"]}, {"colour": "old"}])
def test_an_unknown_option_error_lists_the_accepted_ones(package: Path, options: dict[str, object]) -> None:
    (package / "example.py").write_text(ADAPTER.format(name="Example", adapter="example"))
    ((key, _),) = options.items()
    with pytest.raises(
        ConfigError, match=rf"source county: example does not accept options\.{key} = .* accepted: layout = old \| new"
    ):
        registry.check([source(options=options)])


BROKEN = [
    ("def", r"example\.py:1: SyntaxError: "),
    ("\nimport no_such_module_anywhere", r"example\.py:2: ModuleNotFoundError: No module named 'no_such_module_"),
    ("x = 1\n\nraise SystemExit(3)", r"example\.py:3: SystemExit: 3"),
    ("1 / 0", r"example\.py:1: ZeroDivisionError: division by zero"),
    (ADAPTER.format(name="Example", adapter="example").replace("listing(", "reading("), "does not define listing"),
]


@pytest.mark.parametrize(("text", "seen"), BROKEN, ids=["syntax", "import", "exit", "error", "abstract"])
def test_a_file_that_cannot_be_run_is_reported_with_its_line_and_the_next_step(
    package: Path, text: str, seen: str
) -> None:
    (package / "example.py").write_text(text)
    with pytest.raises(AdapterError, match=rf"{seen}.*; fix the file, then run `aggregator try example`"):
        registry.load("example")


def test_a_broken_adapter_does_not_stop_the_check_of_other_sources(package: Path) -> None:
    (package / "example.py").write_text("def")
    (package / "another.py").write_text(ADAPTER.format(name="Another", adapter="another"))
    county, town = source(provider="example"), source("town", provider="another")
    registry.check([county, town])
    assert list(registry.broken([county, town])) == ["county"]
    with pytest.raises(ConfigError, match="options"):
        registry.check([county, source("hall", provider="another", options={"colour": "old"})])


def test_a_known_option_is_accepted(package: Path) -> None:
    (package / "example.py").write_text(ADAPTER.format(name="Example", adapter="example"))
    registry.check([source(options={"layout": "new"}), source("town")])


def test_every_bundled_adapter_can_be_loaded() -> None:
    assert {"prepmod", "smart_scheduling_links"} <= set(registry.names())
    assert [registry.load(name).name for name in registry.names()] == list(registry.names())
