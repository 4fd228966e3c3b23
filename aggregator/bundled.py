"""Finds the files that come with the program: adapters, templates, translations, and data. Nothing writes to them.

In the repository they lie beside the package. A wheel carries them inside it, so that nothing but `aggregator` gets
into site-packages; `CHECKOUT` is None there.
"""

from importlib import resources
from pathlib import Path

from aggregator.errors import ConfigError

PACKAGE = Path(str(resources.files("aggregator")))
_IN_WHEEL = PACKAGE / "_bundled"
CHECKOUT = None if _IN_WHEEL.is_dir() else PACKAGE.parent
_TOP = CHECKOUT or _IN_WHEEL

PROVIDERS = _TOP / "providers"
TEMPLATES = _TOP / "site_templates"
TRANSLATIONS = TEMPLATES / "translations"
REFERENCE = _TOP / "data" / "reference"
REGIONS = _TOP / "data" / "regions"


def checkout() -> Path:
    """The repository's folder, for what writes its docs and rules; ConfigError where the program was installed."""
    if CHECKOUT is None:
        raise ConfigError(
            f"{PACKAGE}: this writes files of the repository, and the program was installed without it; "
            "run it in a checkout"
        )
    return CHECKOUT


def project(home: Path) -> Path:
    """Where `providers/` and `tests/` lie for who works in `home`: the repository if it is in there, else `home`."""
    home = home.resolve()
    return CHECKOUT if CHECKOUT and home.is_relative_to(CHECKOUT) else home
