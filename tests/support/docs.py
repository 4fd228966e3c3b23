"""Reads the documents, for tests that hold their figures to what was measured."""

from tests.support.paths import ROOT


def table_row(document: str, first_cell: str) -> list[str]:
    """The other cells of the one table row in docs/`document` that begins with `first_cell`."""
    lines = (ROOT / "docs" / document).read_text(encoding="utf-8").splitlines()
    (row,) = [line for line in lines if line.startswith(f"| {first_cell} |")]
    return [cell.strip() for cell in row.strip("|").split("|")[1:]]
