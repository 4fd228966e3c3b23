"""With CI=true, a skip fails the run unless its reason is on the list."""

import pytest

from tests.support import skips

pytest_plugins = ["pytester"]

TESTS = """
import pytest

def test_with_a_missing_tool():
    pytest.skip("no such tool")

@pytest.mark.skipif(True, reason="no other tool")
def test_with_another():
    pass

@pytest.mark.parametrize("value", [])
def test_of_nothing(value):
    pass

def test_that_is_accepted():
    pytest.skip("no IPv6 on this machine")

@pytest.mark.xfail(reason="a known bug")
def test_of_a_known_bug():
    assert False

def test_that_passes():
    pass
"""


def ran(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, ci: str, tests: str = TESTS) -> pytest.RunResult:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # other plugins take seconds to import again
    pytester.makepyfile(tests)
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", plugins=[skips])


def test_an_unaccepted_skip_fails(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    result = ran(pytester, monkeypatch, "true")
    result.assert_outcomes(passed=1, failed=1, errors=2, skipped=1, xfailed=1)
    result.stdout.fnmatch_lines(["*Skipped with CI=true: no such tool. Install what the test needs*"])
    result.stdout.fnmatch_lines(["*Skipped with CI=true: no other tool.*"])
    result.stdout.fnmatch_lines(["*Skipped with CI=true: got empty parameter set*"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_an_unaccepted_module_level_skip_fails(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    result = ran(pytester, monkeypatch, "true", "import pytest\npytest.importorskip('no_such_module_anywhere')")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["*Skipped with CI=true: could not import 'no_such_module_anywhere'*"])


@pytest.mark.parametrize("ci", ["", "false"])
def test_without_ci_a_skip_stays_a_skip(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, ci: str) -> None:
    ran(pytester, monkeypatch, ci).assert_outcomes(passed=1, skipped=4, xfailed=1)


def test_every_accepted_skip_is_explained_and_the_list_is_short() -> None:
    assert all(why.endswith(".") for why in skips.ACCEPTED.values())
    assert len(skips.ACCEPTED) <= 5
