"""Compiled templates are cached between processes, and never used for another version, language, or user."""

import os
from pathlib import Path
from typing import Any

import pytest

from aggregator.site import compiled_templates
from aggregator.site.templates import environment
from aggregator.wording.languages import language


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CACHE_DIRECTORY", str(tmp_path))
    return tmp_path / "appointment-aggregator" / "templates"


def compiled(tag: str) -> list[str]:
    """The templates that a new process compiles for a page in this language."""
    env = environment.__wrapped__(language(tag, "US"))
    generate, found = env._generate, []

    def noted(source: Any, name: str | None, *rest: Any, **named: Any) -> str:
        found.append(name or "")
        return generate(source, name, *rest, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(env, "_generate", noted)
        env.get_template("404.html")
    return found


def test_a_second_process_compiles_nothing() -> None:
    assert "404.html" in compiled("en")
    assert compiled("en") == []


def test_each_language_and_version_compiles_its_own_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled("en")
    assert "404.html" in compiled("es")
    monkeypatch.setattr(compiled_templates, "digest", lambda *parts: b"another version")
    assert "404.html" in compiled("en")


@pytest.mark.parametrize("spoil", [b"", b"no bytecode at all"])
def test_a_damaged_cache_is_recompiled(spoil: bytes, folder: Path) -> None:
    compiled("en")
    for file in folder.iterdir():
        file.write_bytes(spoil)
    assert "404.html" in compiled("en")


def test_without_a_folder_templates_are_compiled_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CACHE_DIRECTORY", str(tmp_path / "file"))
    assert compiled_templates.compiled_templates("en") is None


def test_a_folder_of_another_user_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    assert compiled_templates.compiled_templates("en") is None
