"""One file per booking system, named after its adapter: `prepmod.py` has `class PrepMod` with the name "prepmod".

The file is the registration. An adapter imports only `aggregator.adapter` and the standard library.
"""
