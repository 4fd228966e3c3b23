"""The command `check`: runs the contract kit on an operator's own adapters."""

import argparse

from aggregator import bundled
from aggregator.adapter_files import origins
from aggregator.commands import terminal
from aggregator.commands.job import own_adapters
from aggregator.errors import ConfigError
from aggregator.kit import AdapterFault, adapter_faults

BREAKS_IT = 1


def check(arguments: argparse.Namespace) -> int:
    """Checks each adapter; 0 if all keep the contract, 1 if one breaks it or its file cannot be imported."""
    adapters = own_adapters(arguments.region)
    known = origins(adapters)
    own = sorted(name for name, origin in known.items() if not origin.path.is_relative_to(bundled.PROVIDERS))
    names = arguments.names or own
    if not names:
        raise ConfigError(
            f"check: found no adapters of your own in {adapters} or in installed packages; name the adapters to check"
        )
    return max(_checked(name, adapters) for name in names)


def _checked(name: str, adapters: str) -> int:
    try:
        faults = list(adapter_faults(name, adapters))
    except AdapterFault as error:
        faults = [str(error)]
    terminal.heading(name)
    for fault in faults:
        terminal.say(fault)
    terminal.say(f"breaks the contract: {len(faults)} faults" if faults else "keeps the contract")
    return BREAKS_IT if faults else 0
