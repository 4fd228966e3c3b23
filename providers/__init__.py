"""One file per booking system, named as its adapter is: `prepmod.py` holds `class PrepMod` with name "prepmod".

An adapter imports `aggregator.adapter` and the standard library only. The file is the registration.
"""
