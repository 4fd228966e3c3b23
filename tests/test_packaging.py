"""What a wheel is built from."""

import tomllib

from tests.support.paths import ROOT


def test_every_package_is_named_for_the_wheel() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found = {path.parent.relative_to(ROOT) for path in (ROOT / "aggregator").rglob("__init__.py")}
    named = {name for name in settings["tool"]["setuptools"]["packages"] if name.startswith("aggregator")}
    assert named == {".".join(path.parts) for path in found}
