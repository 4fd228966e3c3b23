"""Reading nodes of a page, and helpers for lists kept by hand."""

from aggregator.adapter import Html, attr, vaccines


def test_a_missing_attribute_is_empty() -> None:
    page = Html('<form><input name="token" value="t7"><input name="flag" checked></form>')
    form = page.css_first("form")

    assert (attr(page, "input[name=token]", "value"), attr(form, "input", "value")) == ("t7", "t7")
    absent = [attr(page, "input[name=flag]", "checked"), attr(page, "input", "id"), attr(form, "p", "id")]
    assert [*absent, attr(None, "input", "value")] == ["", "", "", ""]


def test_a_title_gives_only_the_vaccines_it_names() -> None:
    assert vaccines.named_in("8/14 - Gull County, 2nd Dose - Moderna/Janssen, Pfizer (Age 12+)\nEntrance A") == (
        "Moderna",
        "Johnson & Johnson",
        "Pfizer",
    )
    assert vaccines.named_in("Vaccine Clinic at the mall") == ()
