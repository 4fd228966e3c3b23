"""Text after cleaning, and which words keep their case."""

import pytest

from aggregator.clean.text import clean, clean_lines, folded, title_case


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("  Harbor \t Drug \r\n #7 ", "Harbor Drug #7"),
        ("Caf\u0065\u0301", "Caf\u00e9"),
        ("Town\u00a0Hall", "Town Hall"),
        ("Bells &amp; Sons", "Bells & Sons"),
        ("Bells &amp;amp; Sons", "Bells &amp; Sons"),
        ("<b>Hall</b>", "<b>Hall</b>"),
        ("a\x00b\x1b[31mc\x7f", "ab[31mc"),
        ("gnp.\u202eexe", "gnp.exe"),
        ("ze\u200bro\u200dwidth\ufeff", "zerowidth"),
        ("\u2066isolated\u2069", "isolated"),
        ("half \ud83d pair", "half pair"),
        ("Gull\ufffds Hall", "Gull’s Hall"),
        ("Pr\ufffdfecture", "Pr\ufffdfecture"),
        ("Clínica São Gull", "Clínica São Gull"),
        ("", ""),
    ],
)
def test_clean_leaves_only_visible_text_on_one_line(found: str, expected: str) -> None:
    assert clean(found, 100) == expected


@pytest.mark.parametrize(
    ("found", "limit", "expected"),
    [("abcde", 5, "abcde"), ("abcdef", 5, "abcd…"), ("abc def", 5, "abc…"), ("x" * 1_000_000, 3, "xx…")],
)
def test_clean_truncates_at_the_limit_with_a_mark(found: str, limit: int, expected: str) -> None:
    assert clean(found, limit) == expected


def test_clean_lines_keeps_line_breaks_but_collapses_blank_lines() -> None:
    assert clean_lines("\r\n One  two\r\n\n\n\nthree &lt;3\u200b\u2028four\n", 100) == "One two\n\nthree <3\nfour"


def test_clean_lines_truncates_at_the_limit() -> None:
    assert clean_lines("one\ntwo\nthree", 8) == "one\ntwo…"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("725 E NORTHERN LIGHTS BLVD", "725 E Northern Lights Blvd"),
        ("HARBOR DRUG", "Harbor Drug"),
        ("6400 sylvan way SW", "6400 Sylvan Way SW"),
        ("12 main st", "12 Main St"),
        ("22 7TH AVE NE", "22 7th Ave NE"),
        ("PO BOX 12", "PO Box 12"),
        ("CVS PHARMACY II", "CVS Pharmacy II"),
        ("TOWN OF SALTMARSH HEALTH DEPARTMENT", "Town of Saltmarsh Health Department"),
        ("O'HARE'S ST. MARY'S", "O'Hare's St. Mary's"),
        ("MCADAM HALL", "McAdam Hall"),
        ("12B HIGH ST, UNIT C-2", "12B High St, Unit C-2"),
        ("CVS pharmacy", "CVS Pharmacy"),
        ("COVID-19 VACCINE AT SALTMARSH EMS", "COVID-19 Vaccine at Saltmarsh EMS"),
        ("ROUND GULL H-E-B PLUS!", "Round Gull H-E-B Plus!"),
        ("Harbor DRUG", "Harbor DRUG"),
        ("iClinic", "iClinic"),
        ("", ""),
    ],
)
def test_title_case_changes_only_text_in_all_capitals_or_all_lowercase(found: str, expected: str) -> None:
    assert title_case(found) == expected


def test_folded_ignores_case_punctuation_and_spaces() -> None:
    assert folded(" St. Mary's—HALL, #2 ") == folded("st mary s hall 2") == "st mary s hall 2"
