"""What the appointments of a region are for, as data: the products and the doses that booking systems name.

A service is a file in `data/services/`, or the table `[service]` of a region file; docs/services.md describes the keys.
`aggregator.clean` compiles it into matchers. Services are compared by identity, so that they can be keys of a cache.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta, Struct

Text = Annotated[str, Meta(min_length=1, max_length=120)]
Pattern = Annotated[str, Meta(min_length=1, max_length=2000)]  # regular expression, searched in lower-case text
AgeRange = Annotated[str, Meta(pattern=r"^\d{0,4}-\d{0,4}$")]  # months: "6-60" is from 6 on and below 60


class ProductRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Adds `suffix` to a product's name, or drops the product (`no_product`), if its one condition holds.

    Conditions: `match`; `ages`, the exact ranges stated in the text; `from_age`, the youngest age in years or more;
    `up_to_an_age`, any upper age limit.
    """

    suffix: str = ""
    no_product: bool = False
    match: str = ""
    ages: tuple[AgeRange, ...] = ()
    from_age: int | None = None
    up_to_an_age: bool = False


class Variants(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Alternatives of a product; the first rule that applies counts, without one the name stays as it is."""

    rules: tuple[ProductRule, ...]


class Product(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A product, found by `match`. `alone`: a text that it matches names this product only.

    `words`: underscores in the text count as spaces. `variants`: each adds at most one suffix to the name, in order.
    """

    name: Text
    match: Pattern
    alone: str = ""
    words: bool = False
    groups: tuple[Text, ...] = ()
    variants: tuple[Variants, ...] = ()


class ProductGroup(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Products that a region can select with `only`. `product`: a name for any of them, if a text matches `match`."""

    name: Text
    product: str = ""
    match: str = ""


class ProductTexts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to read texts that may list several products.

    `nothing`: a text that names no product on purpose. `never`: a text that names none whatever else is in it.
    `continues`: after a comma, the beginning of a text that belongs to the product before it.
    """

    nothing: str = ""
    never: str = ""
    continues: str = ""


class Dose(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A dose, found by `match` in a dose field. `first`: it counts even if another dose is named before it.

    `only`: a note that states that no other dose is given.
    """

    name: Text
    match: Pattern
    first: bool = False
    only: str = ""


class DoseTexts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`alone`: a dose field with nothing but a dose, after which further doses may follow."""

    alone: str = ""


class Service(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, eq=False):
    """What the appointments are for.

    `choices`: what the page's filters offer besides the product; "kind": the page also names the kind of each place.
    Without `products`, names of products are taken as they come. `codes`: code system -> product -> its codes, for
    texts such as "cvx:207".
    """

    name: Text
    choices: tuple[Literal["dose", "age", "kind"], ...] = ()
    product_texts: ProductTexts = ProductTexts()
    groups: tuple[ProductGroup, ...] = ()
    products: tuple[Product, ...] = ()
    codes: Mapping[str, Mapping[str, tuple[int, ...]]] = {}
    dose_texts: DoseTexts = DoseTexts()
    doses: tuple[Dose, ...] = ()


APPOINTMENT = Service(name="appointment")  # any service, without a table of products
