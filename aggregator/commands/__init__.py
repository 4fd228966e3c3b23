"""The commands of the command line, one module for each kind of work.

A command is a function that takes the parsed arguments and returns an exit code (`exit_codes`). `parser` defines the
commands and their options without importing them, `help_texts` describes them, `job` opens what commands on a region
share, and `terminal` prints.
"""
