"""The commands of the command line, a module for each kind of work. `aggregator.cli` puts them together.

Each module has `register`, which adds its commands to the parser; a command takes the parsed arguments and returns its
exit code. `job` holds what they share.
"""
