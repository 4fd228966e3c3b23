"""Makes a release: `make release VERSION=1.2.3`. docs/release.md describes the manual steps before and after.

Everything is checked before anything is changed. Then the version is set, all checks run, the wheel and the source
archive are built into dist/, and the version is committed and tagged. If a step fails, the version is restored.
"""

import argparse
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

VERSION = re.compile(r'^__version__ = "(.+)"$', re.MULTILINE)
FORMAT = re.compile(r"(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)")
CHECKS = ("make check", "make test")  # lint, types, layers, and docs; the tests, with that of the wheel among them
# A test that skips because a tool is missing fails, and no test is left out of a sample (tests/support/samples.py).
STRICT = {"CI": "true", "EVERY_TEST": "1"}
BUILD = f"{sys.executable} -m hatchling build --clean --directory dist"


class ReleaseError(Exception):
    """The reason why no release was made, with the next step."""


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make release", description="Check, build, and tag a version.")
    parser.add_argument("version", metavar="VERSION", help="such as 1.2.3")
    parser.add_argument("--check", action="append", metavar="COMMAND", help=f"default: {', '.join(CHECKS)}")
    parser.add_argument("--build", default=BUILD, metavar="COMMAND", help="makes dist/; default: %(default)s")
    arguments = parser.parse_args(argv)
    try:
        release(Path.cwd(), arguments.version, arguments.check or CHECKS, arguments.build)
    except ReleaseError as error:
        print(f"No release: {error}", file=sys.stderr)
        return 1
    print(f"Tagged v{arguments.version}. Not pushed or uploaded yet: docs/release.md says what comes next.")
    return 0


def release(root: Path, version: str, checks: Sequence[str], build: str) -> None:
    """Checks, builds, commits, and tags `version` in the repository at `root`."""
    code = root / "aggregator" / "__init__.py"
    before = code.read_text(encoding="utf-8")
    check_version(version, current_version(before))
    check_changelog((root / "CHANGELOG.md").read_text(encoding="utf-8"), version)
    check_repository(root, version)
    code.write_text(VERSION.sub(f'__version__ = "{version}"', before), encoding="utf-8")
    try:
        for command in checks:
            run(root, *shlex.split(command))
        run(root, *shlex.split(build))
        check_wheel(root, version)
        check_unchanged(root, code)
    except BaseException:
        code.write_text(before, encoding="utf-8")
        raise
    if git(root, "status", "--porcelain"):
        git(root, "commit", "--quiet", "--message", f"Release {version}", "--", str(code.relative_to(root)))
    git(root, "tag", "--annotate", f"v{version}", "--message", f"Release {version}")


def current_version(code: str) -> str:
    """The version in aggregator/__init__.py."""
    found = VERSION.search(code)
    if found is None:
        raise ReleaseError('aggregator/__init__.py has no line `__version__ = "…"`; add it')
    return found[1]


def check_version(version: str, current: str) -> None:
    """Checks that the version is well-formed and not below the current one (which may not be tagged yet)."""
    if not FORMAT.fullmatch(version):
        raise ReleaseError(f"VERSION is {version!r}; expected three numbers, such as 1.2.3, without a v")
    if numbers(version) < numbers(current):
        raise ReleaseError(f"VERSION {version} is below {current}, the current one; take a higher one")


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version))


def check_changelog(text: str, version: str) -> None:
    """Checks that the newest section is that of the version, and not empty."""
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    newest = sections[0] if sections else ""
    title = newest.partition("\n")[0].strip()
    if title.split(" ")[0] != version:
        raise ReleaseError(f'CHANGELOG.md begins with "## {title}"; expected "## {version}" with what is new in it')
    if not re.search(r"^- \S", newest, re.MULTILINE):
        raise ReleaseError(f'CHANGELOG.md says nothing under "## {version}"; write what changed for whom')


def check_repository(root: Path, version: str) -> None:
    """Checks that nothing is uncommitted and the tag does not exist."""
    if changed := git(root, "status", "--porcelain"):
        raise ReleaseError(f"the working tree has changes; commit or stash them:\n{changed}")
    if git(root, "tag", "--list", f"v{version}"):
        raise ReleaseError(f"the tag v{version} exists; take a higher version")


def check_wheel(root: Path, version: str) -> None:
    """Checks that dist/ has one wheel and one source archive, both of the version."""
    made = sorted(path.name for path in (root / "dist").glob("*"))
    stem = f"appointment_aggregator-{version}"
    if made != [f"{stem}-py3-none-any.whl", f"{stem}.tar.gz"]:
        raise ReleaseError(f"dist/ has {', '.join(made) or 'nothing'}; expected a wheel and an archive of {version}")


def check_unchanged(root: Path, code: Path) -> None:
    """Checks that the checks and the build changed no committed file."""
    changed = git(root, "status", "--porcelain", "--", ".", f":(exclude){code.relative_to(root)}")
    if changed:
        raise ReleaseError(f"the checks changed files; commit what they made, and repeat:\n{changed}")


def git(root: Path, *arguments: str) -> str:
    """The output of a git command."""
    ended = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise ReleaseError(f"git {arguments[0]} failed; correct this and repeat:\n{ended.stderr.strip()}")
    return ended.stdout.rstrip()


def run(root: Path, *command: str) -> None:
    """Runs a long step with its output."""
    print(f"$ {shlex.join(command)}", flush=True)
    ended = subprocess.run(command, cwd=root, env=os.environ | STRICT, check=False)
    if ended.returncode:
        raise ReleaseError(f"`{shlex.join(command)}` failed with exit code {ended.returncode}; the version is put back")


if __name__ == "__main__":
    sys.exit(main())
