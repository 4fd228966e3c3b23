"""The commands of the command line, a module for each kind of work.

`parser` names all of them, with their options, without importing them; a command takes the parsed arguments and returns
its exit code. `job` holds what commands on a region share.
"""
