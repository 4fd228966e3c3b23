"""Reads and writes objects of an S3-compatible store; the only module that uses obstore.

Credentials come from the environment (AWS_*). obstore's error texts contain whole requests and responses, so a
PublishError repeats only the status and the error code. Every request is signed with a checksum of its content, which
the store verifies.
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
)  # one of these has to be set
SENT_CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")  # go into requests


class RetryPolicy(NamedTuple):
    """`request`: timeout in seconds. `retries`: how often to retry a failed request, for `retrying` seconds at most."""

    request: float = 30.0
    retries: int = 5
    retrying: float = 90.0


DEFAULT_RETRIES = RetryPolicy()


class StoredObject(NamedTuple):
    """The content of an object and its ETag."""

    content: bytes
    etag: str


class NotModified(Exception):
    """The object still has the ETag of the request."""


class Conflict(Exception):
    """The object does not have the ETag that the request requires."""


class Bucket:
    """One bucket of a store. Paths are relative to the prefix that the region file gives."""

    def __init__(self, place: S3, retry_policy: RetryPolicy) -> None:
        self.where = f"s3://{place.bucket}/{place.prefix}".rstrip("/")
        _check_credentials(self.where)
        config: S3Config = {"region": place.region}
        if place.endpoint:
            config["endpoint"] = place.endpoint
        with self._translated_errors():
            self._store = S3Store(
                place.bucket,
                prefix=place.prefix or None,
                config=config,
                client_options={
                    "allow_http": place.endpoint.startswith("http://"),
                    "timeout": timedelta(seconds=retry_policy.request),
                },
                retry_config={
                    "max_retries": retry_policy.retries,
                    "retry_timeout": timedelta(seconds=retry_policy.retrying),
                },
            )

    def get(self, path: str, etag: str | None = None) -> StoredObject | None:
        """None where there is no such object; raises Unchanged where it still has this `etag`."""
        with self._translated_errors():
            try:
                answer = obstore.get(self._store, path, options={"if_none_match": etag} if etag else None)
                return StoredObject(bytes(answer.bytes()), answer.meta["e_tag"] or "")
            except FileNotFoundError as error:
                if "NoSuchBucket" in str(error):
                    raise
                return None

    def put(self, path: str, content: bytes, headers: dict[str, str]) -> str:
        """Writes the object and returns its new ETag."""
        with self._translated_errors():
            return obstore.put(self._store, path, content, attributes={**headers}, use_multipart=False)["e_tag"] or ""

    def put_over(self, path: str, content: bytes, etag: str | None) -> None:
        """Replaces the object with this `etag`, or creates it if None; raises Conflict if the store has another one."""
        with self._translated_errors():
            try:
                obstore.put(self._store, path, content, mode={"e_tag": etag} if etag else "create")
            except NotImplementedError:  # AWS_CONDITIONAL_PUT=disabled, for a store without conditional requests
                obstore.put(self._store, path, content)

    def delete(self, paths: Sequence[str]) -> None:
        with self._translated_errors():
            obstore.delete(self._store, paths)

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        """Turns errors of obstore into NotModified, Conflict, or a PublishError."""
        try:
            yield
        except NotModifiedError:
            raise NotModified from None
        except (AlreadyExistsError, PreconditionError):
            raise Conflict from None
        except (PermissionDeniedError, UnauthenticatedError) as error:
            raise PublishError(
                f"{self.where}: the store refuses the credentials ({_short_reason(error)}); check AWS_ACCESS_KEY_ID "
                "and AWS_SECRET_ACCESS_KEY, and that they may get, put and delete objects there"
            ) from None
        except FileNotFoundError as error:
            raise PublishError(
                f"{self.where}: there is no such bucket ({_short_reason(error)}); create it, or correct [target] bucket"
            ) from None
        except (BaseError, ValueError) as error:
            raise PublishError(
                f"{self.where}: the store cannot be used ({_short_reason(error)}); it keeps serving the files it has, "
                "and the next publication sends the rest"
            ) from None


def _check_credentials(where: str) -> None:
    """Raises PublishError if there are no credentials, or some with characters on which obstore would panic."""
    if not any(os.environ.get(name) for name in CREDENTIALS):
        raise PublishError(f"{where}: no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    for name in SENT_CREDENTIALS:
        value = os.environ.get(name, "")
        if not value.isascii() or not value.isprintable() or " " in value:
            raise PublishError(
                f"{where}: {name} has a space, line break or other character that no key has; set it again"
            )


def _short_reason(error: Exception) -> str:
    """Status and error code of the response, as in "403 AccessDenied"."""
    text = str(error)
    status = re.search(r"status code: (\d{3})", text)
    code = re.search(r"<Code>(\w{1,60})</Code>", text)
    reason = " ".join(found[1] for found in (status, code) if found)
    return reason or ("no answer" if "HTTP error" in text else type(error).__name__)
