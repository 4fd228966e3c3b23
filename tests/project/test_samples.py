"""A run of the whole suite includes a third of the tests marked as a sample; any other run includes all of them."""

import pytest

from tests.support import samples

pytest_plugins = ["pytester"]

TESTS = """
import pytest

@pytest.mark.sample
@pytest.mark.parametrize("number", range(300))
def test_of_many(number):
    pass

def test_of_its_own():
    pass
"""


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # other plugins take seconds to import again
    monkeypatch.delenv("EVERY_TEST", raising=False)
    pytester.makepyprojecttoml("[tool.pytest.ini_options]\ntestpaths = ['checks']")
    (pytester.path / "checks").mkdir()
    (pytester.path / "checks/test_a.py").write_text(TESTS)
    return pytester


def passed(suite: pytest.Pytester, *arguments: str) -> int:
    result = suite.runpytest_inprocess("-p", "no:cacheprovider", *arguments, plugins=[samples])
    return result.parseoutcomes()["passed"]


def test_a_full_run_includes_a_third_of_the_sample_and_all_other_tests(suite: pytest.Pytester) -> None:
    assert 60 < passed(suite) - 1 < 140


@pytest.mark.parametrize("arguments", [("checks/test_a.py",), ("-k", "test_of"), ("checks/test_a.py::test_of_many",)])
def test_a_test_selected_by_name_is_never_left_out(suite: pytest.Pytester, arguments: tuple[str, ...]) -> None:
    assert passed(suite, *arguments) >= 300


def test_every_test_runs_on_request(suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVERY_TEST", "1")
    assert passed(suite) == 301


def test_different_seeds_choose_different_tests_and_together_cover_all() -> None:
    tests = {f"test_of_many[{number}]" for number in range(100)}
    by_seed = [{test for test in tests if samples.chosen(test, seed)} for seed in range(20)]
    assert by_seed[0] != by_seed[1]
    assert set().union(*by_seed) == tests
