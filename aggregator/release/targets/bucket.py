"""A bucket of an S3-compatible store, or a part of one; the only user of obstore.

Credentials come from the environment (AWS_*). What obstore says of an error shows whole requests and answers, so no
message repeats it: a PublishError has the status and the code of the answer, and nothing else of it. Every request is
signed with a checksum of its content, which the store verifies.
"""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import obstore
from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    NotModifiedError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)
from obstore.store import S3Store

from aggregator.config import S3
from aggregator.errors import PublishError

if TYPE_CHECKING:
    from obstore.store import S3Config

CREDENTIALS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)


SENT = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


class Patience(NamedTuple):
    """Seconds for one request, how often one that fails is sent again (at growing intervals), and for how long."""

    request: float = 30.0
    retries: int = 5
    retrying: float = 90.0


PATIENT = Patience()


class Found(NamedTuple):
    content: bytes
    etag: str


class Unchanged(Exception):
    """The object is what it was."""


class Conflict(Exception):
    """The object is not what the request takes it for."""


class Bucket:
    """All paths are below the prefix."""

    def __init__(self, place: S3, patience: Patience) -> None:
        self.where = f"s3://{place.bucket}/{place.prefix}".rstrip("/")
        _check_credentials(self.where)
        config: S3Config = {"region": place.region}
        if place.endpoint:
            config["endpoint"] = place.endpoint
        with self._told():
            self._store = S3Store(
                place.bucket,
                prefix=place.prefix or None,
                config=config,
                client_options={
                    "allow_http": place.endpoint.startswith("http://"),
                    "timeout": timedelta(seconds=patience.request),
                },
                retry_config={
                    "max_retries": patience.retries,
                    "retry_timeout": timedelta(seconds=patience.retrying),
                },
            )

    def get(self, path: str, etag: str | None = None) -> Found | None:
        """None where there is no such object; raises Unchanged where it still has this `etag`."""
        with self._told():
            try:
                answer = obstore.get(self._store, path, options={"if_none_match": etag} if etag else None)
                return Found(bytes(answer.bytes()), answer.meta["e_tag"] or "")
            except FileNotFoundError as error:
                if "NoSuchBucket" in str(error):
                    raise
                return None

    def put(self, path: str, content: bytes, headers: dict[str, str]) -> str:
        """The object's new ETag."""
        with self._told():
            return obstore.put(self._store, path, content, attributes={**headers}, use_multipart=False)["e_tag"] or ""

    def put_over(self, path: str, content: bytes, etag: str | None) -> None:
        """Only over the object that has this `etag`, or (None) where there is none; raises Conflict otherwise."""
        with self._told():
            try:
                obstore.put(self._store, path, content, mode={"e_tag": etag} if etag else "create")
            except NotImplementedError:  # AWS_CONDITIONAL_PUT=disabled, for a store that has no conditions
                obstore.put(self._store, path, content)

    def delete(self, paths: Sequence[str]) -> None:
        with self._told():
            obstore.delete(self._store, paths)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Errors of the store as what they mean."""
        try:
            yield
        except NotModifiedError:
            raise Unchanged from None
        except (AlreadyExistsError, PreconditionError):
            raise Conflict from None
        except (PermissionDeniedError, UnauthenticatedError) as error:
            raise PublishError(
                f"{self.where}: the store refuses the credentials ({_answer(error)}); check AWS_ACCESS_KEY_ID and "
                "AWS_SECRET_ACCESS_KEY, and that they may get, put and delete objects there"
            ) from None
        except FileNotFoundError as error:
            raise PublishError(
                f"{self.where}: there is no such bucket ({_answer(error)}); create it, or correct [target] bucket"
            ) from None
        except (BaseError, ValueError) as error:
            raise PublishError(
                f"{self.where}: the store cannot be used ({_answer(error)}); what it served stays, "
                "and the next publication goes on"
            ) from None


def _check_credentials(where: str) -> None:
    """PublishError where the environment has none, or one that can stand in no request (obstore would panic)."""
    if not any(os.environ.get(name) for name in CREDENTIALS):
        raise PublishError(f"{where}: no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    for name in SENT:
        value = os.environ.get(name, "")
        if not value.isascii() or not value.isprintable() or " " in value:
            raise PublishError(f"{where}: {name} has a space, line break or other character that no key has")


def _answer(error: Exception) -> str:
    """What the store answered, in its own short code: "403 AccessDenied"."""
    text = str(error)
    status = re.search(r"status code: (\d{3})", text)
    code = re.search(r"<Code>(\w{1,60})</Code>", text)
    said = " ".join(found[1] for found in (status, code) if found)
    return said or ("no answer" if "HTTP error" in text else type(error).__name__)
