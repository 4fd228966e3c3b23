"""The wheel: its contents, and that it works alone, from any folder, without writing to its installation folder."""

import os
import re
import subprocess
import sys
import tomllib
import urllib.request
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.made_up_project import URL, har, store, stores
from tests.support.paths import ROOT
from tests.support.records import REGION

CARRIED = ("providers", "site_templates", "data/reference", "data/regions", "data/services")
NOT_CARRIED = {"data/reference/make_outlines.py"}  # makes a file of the repository
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PATIENCE = 120  # maximum seconds for a command


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by pip from the repository, with the build tool of the tests' environment."""
    folder = tmp_path_factory.mktemp("wheel")
    options = ("--no-deps", "--no-index", "--no-build-isolation", "--quiet", "--wheel-dir", str(folder))
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, str(ROOT)], check=True)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_has_everything_inside_one_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        names = set(opened.namelist())
    assert {name.partition("/")[0] for name in names} == {"aggregator", f"{wheel.name.rsplit('-', 3)[0]}.dist-info"}
    beside = [path for folder in CARRIED for path in (ROOT / folder).rglob("*") if path.is_file()]
    expected = {path.relative_to(ROOT).as_posix() for path in beside if "__pycache__" not in path.parts} - NOT_CARRIED
    prefix = "aggregator/_bundled/"
    assert {name.removeprefix(prefix) for name in names if name.startswith(prefix)} == expected
    packages = {path.relative_to(ROOT).as_posix() for path in (ROOT / "aggregator").rglob("*.py")}
    assert packages | {"aggregator/py.typed", "aggregator/demo/region/harbor_county.toml"} == {
        name for name in names if name.startswith("aggregator/") and not name.startswith(prefix)
    }


def test_the_wheel_has_the_projects_metadata_and_licenses(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        (metadata,) = (name for name in opened.namelist() if name.endswith(".dist-info/METADATA"))
        text = opened.read(metadata).decode()
        licenses = Path(metadata).parent / "licenses"
        notices = opened.read(f"{licenses}/THIRD_PARTY_NOTICES").decode()
        assert f"{licenses}/LICENSE" in opened.namelist()
    for name in ("Project-URL: Source", "Keywords:", "License-Expression: MIT", "Classifier: Typing :: Typed"):
        assert f"\n{name}" in text
    assert "us-atlas" in notices and "WITH OR WITHOUT FEE IS HEREBY GRANTED" in " ".join(notices.upper().split())


def test_the_hosted_checks_cover_the_supported_python_versions() -> None:
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(SETTINGS["project"]["classifiers"]))
    tested = re.search(r"python: \[(.*)\]", (ROOT / ".github/workflows/checks.yml").read_text())
    assert tested and re.findall(r"3\.\d+", tested[1]) == named
    assert SETTINGS["project"]["requires-python"] == f">={named[0]}"


# --- installed --------------------------------------------------------------------------------------------------------


class Installed(NamedTuple):
    """An environment with only the wheel, and an empty working folder."""

    program: Path
    packages: Path
    home: Path

    def environment(self) -> dict[str, str]:
        """Has no path to the repository; the dependencies come from the tests' environment."""
        dependencies = os.pathsep.join(path for path in sys.path if path.endswith("site-packages"))
        return {"PATH": os.environ["PATH"], "HOME": str(self.home), "PYTHONPATH": dependencies, "COLUMNS": "200"}

    def run(self, *arguments: str) -> str:
        """The output of a command, which must succeed."""
        ended = subprocess.run(
            [self.program, *arguments],
            cwd=self.home, env=self.environment(), timeout=PATIENCE,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
        )  # fmt: skip
        assert ended.returncode == 0, f"{arguments}\n{ended.stdout}"
        return ended.stdout

    @contextmanager
    def serving(self) -> Iterator[str]:
        """The URL at which `serve` shows the published site while the block runs."""
        with subprocess.Popen(
            [self.program, "serve", "--port", "0"],
            cwd=self.home, env=self.environment() | {"PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            assert process.stdout
            try:
                address = re.search(r"http://[\d.:]+/", process.stdout.readline())
                assert address
                yield address[0]
            finally:
                process.terminate()

    def content(self) -> Mapping[str, str]:
        """Every file in the packages, with a digest."""
        files = [path for path in self.packages.rglob("*") if path.is_file()]
        return {str(path.relative_to(self.packages)): sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "env")], check=True)
    python = folder / "env" / "bin" / "python"
    options = ("--no-deps", "--no-index", "--quiet")
    subprocess.run([sys.executable, "-m", "pip", "--python", str(python), "install", *options, str(wheel)], check=True)
    (packages,) = (folder / "env").glob("lib/python*/site-packages")
    (folder / "home").mkdir()
    return Installed(python.parent / "aggregator", packages, folder / "home")


@pytest.fixture(autouse=True)
def unchanged(request: pytest.FixtureRequest) -> Iterator[None]:
    """Checks that the installed program changes nothing in its installation folder."""
    if "installed" not in request.fixturenames:
        yield
        return
    found: Installed = request.getfixturevalue("installed")
    before = found.content()
    yield
    assert found.content() == before


def test_the_wheel_installs_only_its_package(installed: Installed) -> None:
    assert {path.name.partition("-")[0] for path in installed.packages.iterdir()} == {
        "aggregator",
        "appointment_aggregator",
    }


def test_the_installed_program_runs_the_demo_and_serves_it(installed: Installed) -> None:
    assert "failed on purpose" in installed.run("demo", "run", "--first-port", "0")
    with installed.serving() as address, urllib.request.urlopen(address) as page:
        assert b"Harbor" in page.read()


def test_the_installed_program_writes_a_region_file_from_bundled_data(installed: Installed) -> None:
    installed.run("init", "wyoming.toml", "--title", "Wyoming", "--state", "WY", "--contact", "desk@wyoming.test")
    files = ("--region", "wyoming.toml", "--db", "wyoming.db", "--out", "wyoming")
    assert "all with a working adapter" in installed.run("doctor", *files)
    assert "https://www.wyoapptportal.org/" in installed.run("sources", *files)


def test_the_installed_program_creates_tries_and_publishes_an_adapter(installed: Installed) -> None:
    rows = [store(number, "2021-05-20T10:00") for number in range(1, 4)]
    (installed.home / "visit.har").write_text(har(stores(*rows)))
    output = installed.run("new", "kites", "--har", "visit.har")
    assert f"wrote {installed.home}/providers/kites.py" in output
    assert "3 locations" in installed.run("try", "kites", "--har", "visit.har")

    source = f'[[sources]]\nname = "kites"\nprovider = "kites"\nurl = "{URL}"\n'
    (installed.home / "region.toml").write_text(REGION + source)
    files = ("--region", "region.toml", "--db", "kites.db", "--out", "kites")
    assert "1 sources, all with a working adapter" in installed.run("doctor", *files)
    installed.run("run", *files, "--replay", "visit.har")
    assert "Kite 01" in (installed.home / "kites" / "api" / "v1" / "locations.csv").read_text(encoding="utf-8")
