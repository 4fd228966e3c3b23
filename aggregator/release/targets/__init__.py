"""Targets: where a release is published besides the folder of `--out`.

`choice.target_of` builds the one that the region file names: `folder` (nothing to send), `rsync` over ssh, or `s3`, an
object store reached through `bucket`, in the order that `plan` gives. `target` is their interface. `lease` prevents two
machines from publishing to one target.

An interrupted publication leaves a complete site: files that the old release needs stay, and a file is sent before any
link to it. The next publication completes it.
"""
