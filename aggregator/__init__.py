"""Appointment-availability aggregator: polls booking systems politely and publishes a static site.

This module holds only the version; nothing else lives here.
"""

__version__ = "0.1.0"
