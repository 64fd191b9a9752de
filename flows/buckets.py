"""Fetching documents from S3, or what speaks like it; keys and endpoint come from the environment, as for every AWS tool.

A key's variable may name a Secret block of Prefect in its place: `{{ prefect.blocks.secret.NAME }}`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from flows.addresses import AddressError, reveal_secrets
from flows.fetching import CONNECT_SECONDS, NOT_MODIFIED, READ_SECONDS, TRIES, Answer, Asked
from flows.hosts import OK

if TYPE_CHECKING:
    from pathlib import Path

_PIECE_BYTES = 1 << 20
_KEYS = ("access_key_id", "secret_access_key", "session_token")
_UNTOLD = {"binary/octet-stream", "application/octet-stream"}  # S3's type for what was put without one


def fetch_object(asked: Asked, path: Path) -> Answer:
    """Fetch s3://bucket/key into a file, which is there only if the answer names it; an object not changed comes as 304.

    Without keys the request goes unsigned, as public buckets take it.
    """
    answer = Answer(asked.uri, asked.uri)
    bucket, _, key = asked.uri.partition("://")[2].partition("/")
    if not bucket or not key:
        return replace(answer, error="no address: write s3://bucket/key")
    stamps = {"IfNoneMatch": asked.etag} if asked.etag else {}
    try:
        found = _client().get_object(Bucket=bucket, Key=key, **stamps)
        if found["ContentLength"] > asked.bounds.n_bytes:
            return replace(answer, status=OK, error=f"too long: more than {asked.bounds.n_bytes:,} bytes")
        with path.open("wb") as target:
            target.writelines(found["Body"].iter_chunks(_PIECE_BYTES))
    except ClientError as error:
        path.unlink(missing_ok=True)
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        if status == NOT_MODIFIED:
            return replace(answer, status=status, etag=asked.etag, last_modified=asked.last_modified)
        return replace(answer, status=status, error=f"S3: {error.response.get('Error', {}).get('Code')}")
    except AddressError as error:
        return replace(answer, error=str(error))
    except (BotoCoreError, OSError, ValueError) as error:  # ValueError: no name of a bucket
        path.unlink(missing_ok=True)
        return replace(answer, error=f"S3: {type(error).__name__}")
    return replace(
        answer,
        status=OK,
        etag=found.get("ETag"),
        last_modified=found["ResponseMetadata"]["HTTPHeaders"].get("last-modified"),
        media_type=found["ContentType"] if found.get("ContentType") not in _UNTOLD else None,
        path=path,
    )


@lru_cache(maxsize=1)
def _client() -> Any:  # noqa: ANN401  botocore makes its classes at run time
    session = boto3.Session()
    credentials = session.get_credentials()
    return session.client(
        "s3",
        config=Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": TRIES},
            signature_version=None if credentials else UNSIGNED,
        ),
        **_reveal_keys(credentials),
    )


def _reveal_keys(credentials: Any) -> dict[str, str | None]:  # noqa: ANN401  botocore's
    """Return the keys whose variables name a block; others botocore finds by itself, and renews."""
    if not credentials:
        return {}
    keys = credentials.get_frozen_credentials()[: len(_KEYS)]
    if not any("{{" in (key or "") for key in keys):
        return {}
    return {f"aws_{name}": key and reveal_secrets(key) for name, key in zip(_KEYS, keys, strict=True)}
