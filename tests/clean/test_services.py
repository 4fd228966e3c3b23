"""Products by the table of any service, and without a table."""

import pytest

from aggregator.clean.product_names import possible_names, products_of
from aggregator.config.service_file import available_services, service_named
from aggregator.model import APPOINTMENT, Product, ProductGroup, ProductRule, Service
from aggregator.model.service import ProductTexts, Variants

DRIVING = Service(
    name="driving test",
    product_texts=ProductTexts(nothing="ask at the counter", continues="weekends"),
    groups=(ProductGroup(name="road", product="Road test", match="any road test"),),
    products=(
        Product(
            name="Car",
            match=r"class c\b|passenger car",
            groups=("road",),
            variants=(Variants(rules=(ProductRule(suffix=" (automatic)", match="automatic"),)),),
        ),
        Product(name="Written test", match="written|knowledge", words=True),
    ),
    codes={"dmv": {"Car": (7,)}},
)


@pytest.mark.parametrize("text", ["Road test, Class C", "Real ID; renewal", "Moderna, Pfizer"])
def test_without_a_table_a_name_is_neither_split_nor_unknown(text: str) -> None:
    assert products_of(APPOINTMENT).products((text, text, " ")) == ((text,), ())
    assert products_of(APPOINTMENT).product(text) == text


@pytest.mark.parametrize(
    ("text", "known", "unknown"),
    [
        ("Passenger car, automatic gearbox", ("Car",), ("automatic gearbox",)),
        ("Class C automatic, weekends", ("Car (automatic)",), ()),
        ("KNOWLEDGE_TEST | Class C", ("Written test", "Car"), ()),
        ("dmv:07", ("Car",), ()),
        ("Ask at the counter", (), ()),
        ("Motorcycle", (), ("Motorcycle",)),
        ("Any road test; written", ("Written test", "Road test"), ("Any road test",)),
        ("Any road test; Class C", ("Car",), ("Any road test",)),
    ],
)
def test_a_table_gives_the_names_of_its_products(text: str, known: tuple[str, ...], unknown: tuple[str, ...]) -> None:
    assert products_of(DRIVING).products((text,)) == (known, unknown)


def test_every_variant_of_a_product_is_in_its_groups() -> None:
    assert list(possible_names(DRIVING.products[0])) == ["Car", "Car (automatic)"]
    groups = products_of(DRIVING).groups
    assert groups("Car (automatic)") == groups("Road test") == {"road"}
    assert groups("Written test") == groups("Boat") == frozenset()


@pytest.mark.parametrize("name", available_services())
def test_every_code_of_a_bundled_service_belongs_to_one_of_its_products(name: str) -> None:
    service = service_named(name)
    names = {name for product in service.products for name in possible_names(product)}
    names |= {group.product for group in service.groups}
    coded = [name for table in service.codes.values() for name in table]
    assert [name for name in coded if name not in names] == []
