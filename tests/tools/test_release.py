"""`make release` in a made-up repository, with quick steps in place of the long ones."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.paths import ROOT
from tools.release import main

CHANGELOG = "# Changelog\n\n## 1.1.0\n\n### For operators\n\n- Something new.\n\n## 1.0.0\n\n- The first version.\n"
BUILT = "appointment_aggregator-1.1.0"
BUILD = f"sh -c 'mkdir -p dist && touch dist/{BUILT}.tar.gz dist/{BUILT}-py3-none-any.whl'"
Release = Callable[..., int]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "aggregator").mkdir()
    (tmp_path / "aggregator" / "__init__.py").write_text('"""The program."""\n\n__version__ = "1.0.0"\n')
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    (tmp_path / ".gitignore").write_text("dist/\n")
    monkeypatch.chdir(tmp_path)
    for name, value in (("NAME", "A maintainer"), ("EMAIL", "maintainer@example.org")):
        monkeypatch.setenv(f"GIT_AUTHOR_{name}", value)
        monkeypatch.setenv(f"GIT_COMMITTER_{name}", value)
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "Begin")
    return tmp_path


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], capture_output=True, text=True, check=True).stdout.strip()


def released(version: str = "1.1.0", check: str = "true", build: str = BUILD) -> int:
    return main([version, "--check", check, "--build", build])


def nothing_happened(repository: Path) -> bool:
    code = (repository / "aggregator" / "__init__.py").read_text()
    return '"1.0.0"' in code and git("status", "--porcelain") == "" and git("log", "--format=%s") == "Begin"


def test_a_release_sets_the_version_and_tags_it(repository: Path, capfd: pytest.CaptureFixture[str]) -> None:
    check = "sh -c 'test $CI = true && grep 1.1.0 aggregator/__init__.py'"
    assert released(check=check) == 0
    assert git("log", "--format=%s", "-1", "v1.1.0") == "Release 1.1.0"
    assert git("show", "--format=", "--name-only", "v1.1.0^{commit}") == "aggregator/__init__.py"
    assert '__version__ = "1.1.0"' in (repository / "aggregator" / "__init__.py").read_text()
    assert git("status", "--porcelain") == ""
    assert "docs/release.md says what comes next" in capfd.readouterr().out


def test_a_version_already_set_is_only_tagged(repository: Path) -> None:
    (repository / "CHANGELOG.md").write_text(CHANGELOG.replace("1.1.0", "1.0.0"))
    git("commit", "--quiet", "--all", "--message", "Begin again")
    assert released("1.0.0", build=BUILD.replace("1.1.0", "1.0.0")) == 0
    assert git("log", "--format=%s", "-1", "v1.0.0") == "Begin again"


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("v1.1.0", "VERSION is 'v1.1.0'; expected three numbers, such as 1.2.3, without a v"),
        ("1.1", "VERSION is '1.1'; expected three numbers"),
        ("1.01.0", "expected three numbers"),
        ("0.9.9", "VERSION 0.9.9 is below 1.0.0, the current one"),
        ("1.2.0", 'CHANGELOG.md begins with "## 1.1.0"; expected "## 1.2.0"'),
    ],
)
def test_an_invalid_version_is_refused(
    repository: Path, capfd: pytest.CaptureFixture[str], version: str, message: str
) -> None:
    assert released(version) == 1
    assert message in capfd.readouterr().err
    assert nothing_happened(repository)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("## 1.1.0", "## Unreleased", 'CHANGELOG.md begins with "## Unreleased"'),
        ("- Something new.", "", 'CHANGELOG.md says nothing under "## 1.1.0"'),
        (CHANGELOG, "# Changelog\n", 'CHANGELOG.md begins with "## "'),
    ],
)
def test_the_changelog_must_list_what_is_new(
    repository: Path, capfd: pytest.CaptureFixture[str], old: str, new: str, message: str
) -> None:
    (repository / "CHANGELOG.md").write_text(CHANGELOG.replace(old, new))
    git("commit", "--quiet", "--all", "--amend", "--message", "Begin")
    assert released() == 1
    assert message in capfd.readouterr().err
    assert nothing_happened(repository)


def test_a_tree_with_uncommitted_changes_is_refused(repository: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (repository / "notes.txt").write_text("unfinished")
    assert released() == 1
    assert "commit or stash them:\n?? notes.txt" in capfd.readouterr().err


def test_an_existing_tag_is_refused(repository: Path, capfd: pytest.CaptureFixture[str]) -> None:
    git("tag", "v1.1.0")
    assert released() == 1
    assert "the tag v1.1.0 exists; take a higher version" in capfd.readouterr().err
    assert nothing_happened(repository)


@pytest.mark.parametrize(
    ("check", "build", "message"),
    [
        ("false", BUILD, "`false` failed with exit code 1"),
        ("true", "true", "dist/ has nothing; expected a wheel and an archive of 1.1.0"),
        ("true", BUILD.replace("1.1.0", "1.0.9"), "dist/ has appointment_aggregator-1.0.9-py3-none-any.whl"),
        ("touch made.txt", BUILD, "the checks changed files; commit what they made, and repeat:\n?? made.txt"),
    ],
)
def test_a_failed_step_leaves_the_version_unchanged(
    repository: Path, capfd: pytest.CaptureFixture[str], check: str, build: str, message: str
) -> None:
    assert released(check=check, build=build) == 1
    assert message in capfd.readouterr().err
    (repository / "made.txt").unlink(missing_ok=True)
    assert nothing_happened(repository)
    assert git("tag", "--list") == ""


def test_make_release_requires_a_version() -> None:
    ended = subprocess.run(["make", "--dry-run", "release"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode != 0
    assert "make release VERSION=1.2.3" in ended.stderr
