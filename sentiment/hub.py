"""A bundle by its Hub name: the local folder of a download, from the cache where it can be."""

from pathlib import Path

from sentiment.bundle import SERVING
from sentiment.errors import SentimentError


def fetch(model: str) -> Path:
    """Download what serving needs of "you/imdb-lstm" or "you/imdb-lstm@v1.0".

    A commit's 40-digit hash that is in the cache makes no request; any name falls back on the
    cached copy when the Hub cannot be reached.

    Raises:
        SentimentError: no such repository or revision, or neither the Hub nor a cached copy.
    """
    from huggingface_hub import errors, snapshot_download
    from huggingface_hub.utils import httpx  # type: ignore[attr-defined]  # not listed in __all__

    repo_id, _, revision = model.partition("@")
    try:
        return Path(
            snapshot_download(repo_id, revision=revision or None, allow_patterns=list(SERVING))
        )
    except errors.HFValidationError:
        raise SentimentError(
            f"{model}: expected a folder with a bundle or a Hub name such as you/imdb-lstm"
        ) from None
    except errors.RevisionNotFoundError:
        raise SentimentError(f"{repo_id}: no revision {revision!r} on the Hub") from None
    except errors.RepositoryNotFoundError:
        raise SentimentError(
            f"{repo_id}: no such folder here and no such model on the Hub; check the name, and "
            "for a private model log in with `hf auth login`"
        ) from None
    except (
        errors.LocalEntryNotFoundError,
        errors.HfHubHTTPError,
        httpx.HTTPError,
        ConnectionError,
    ):
        raise SentimentError(
            f"{repo_id}: the Hub could not be reached and no copy is cached; check the network, "
            "or give a folder with a bundle"
        ) from None
