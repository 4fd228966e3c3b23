"""Where a release goes beyond the folder of `--out`: `choice.target_of` gives what the region file names.

A target takes releases one after the other. Whatever stops it half-way, what it serves is a whole site: nothing that
the old one needs is removed, and nothing new is linked to before it is there. The next publication completes it.
"""
