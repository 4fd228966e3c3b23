"""Locates the read-only files that ship with the program: adapters, templates, translations, and data.

In the repository they are beside the package. A wheel carries them inside the package, so that it adds only
`aggregator` to site-packages; there `CHECKOUT` is None.
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
SERVICES = _TOP / "data" / "services"


def checkout() -> Path:
    """The repository's folder, for commands that write its files; ConfigError without a checkout."""
    if CHECKOUT is None:
        raise ConfigError(
            f"{PACKAGE} is an installed package, and this command writes files of the repository; run it in a checkout"
        )
    return CHECKOUT


def project(home: Path) -> Path:
    """The folder with `providers/` and `tests/` for work in `home`: the repository if `home` is inside, else `home`."""
    home = home.resolve()
    return CHECKOUT if CHECKOUT and home.is_relative_to(CHECKOUT) else home
