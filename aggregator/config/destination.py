"""The `[target]` of a region file: where a release is published. docs/region-file.md describes every key.

No key is a secret: rsync uses ssh's keys, and a store takes its credentials from the environment.
"""

from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

HOST = r"([A-Za-z0-9_][A-Za-z0-9_.-]*@)?[A-Za-z0-9][A-Za-z0-9.-]*:"
PATH = r"(/(?!\.\.?(/|$))[A-Za-z0-9._-]+)+"  # absolute, without "." or "..", so that it means the same everywhere
File = Annotated[str, Meta(pattern=r"^([A-Za-z0-9._/~-]+)?$")]


class LocalFolder(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="folder"):
    """A local target: the web server serves the folder of `--out`."""


class Ssh(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings for ssh beyond its own configuration. None of them can make it run a command."""

    port: Annotated[int, Meta(ge=1, le=65535)] | None = None
    identity_file: File = ""
    known_hosts_file: File = ""


class Rsync(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="rsync"):
    """An rsync target: a symbolic link on another machine, switched to each release as the local one is."""

    destination: Annotated[str, Meta(pattern=rf"^({HOST})?{PATH}$")]  # path of the symbolic link that the server serves
    ssh: Ssh = Ssh()


class S3(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="s3"):
    """An S3 target: a bucket of an S3-compatible store, or a prefix in one."""

    bucket: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
    prefix: Annotated[str, Meta(pattern=r"^([A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*)?$")] = ""
    endpoint: Annotated[str, Meta(pattern=r"^(https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._-]+)*)?$")] = ""  # default: AWS
    region: Annotated[str, Meta(pattern=r"^[a-z0-9-]+$")] = "us-east-1"


Destination: TypeAlias = LocalFolder | Rsync | S3
KINDS: dict[str, type[LocalFolder] | type[Rsync] | type[S3]] = {
    "folder": LocalFolder,
    "rsync": Rsync,
    "s3": S3,
}
