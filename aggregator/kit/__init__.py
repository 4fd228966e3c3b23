"""Tools for adapter authors: record and scrub visits, describe pages, write templates and cases, check adapters."""
