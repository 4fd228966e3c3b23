"""Appointment-availability aggregator: polls booking systems politely, publishes a static page.

Nothing inside the package imports this root; `__version__` is all it holds.
"""

__version__ = "0.1.0"
