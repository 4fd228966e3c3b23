"""A release: the complete published folder, written with its precompressed copies, switched in atomically, and sent on.

`publisher` makes and switches one; `releases` knows those that are kept; `targets/` sends one to another machine or to
a bucket.
"""
