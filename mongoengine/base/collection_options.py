"""How a collection is created that is no ordinary one: capped, or a time series."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mongoengine.errors import InvalidCollectionError

Options = dict[str, Any]

SIZE_OF_CAPPED = 10 * 2**20
UNIT_OF_SIZE = 256  # what the server rounds up to

ALREADY_EXISTS = 48  # the server's code

# What a time series keeps for good; the server can be told to change the rest.
FIXED_IN_TIME_SERIES = ("timeField", "metaField")


def creation_options(meta: Any) -> Options:
    """Return the options to create a collection with; none for an ordinary one."""
    if meta.get("max_size") or meta.get("max_documents"):
        return _capped_options(meta)
    if meta.get("timeseries"):
        return _timeseries_options(meta["timeseries"])
    return {}


def check_existing(name: str, wanted: Options, found: Mapping[str, Any]) -> None:
    """Refuse a collection that exists, but is not what it should be."""
    if wanted.get("capped"):
        _check_capped(name, wanted, found)
    else:
        _check_timeseries(name, wanted["timeseries"], found.get("timeseries"))


def _check_capped(name: str, wanted: Options, found: Mapping[str, Any]) -> None:
    if any(wanted.get(option) != found.get(option) for option in ("size", "max")):
        raise InvalidCollectionError(
            f'Cannot create collection "{name}" as a capped collection as it already '
            "exists"
        )


def _check_timeseries(name: str, wanted: Options, found: Options | None) -> None:
    refused = f'Cannot create collection "{name}" as a time series as it already exists'
    if found is None:
        raise InvalidCollectionError(f"{refused}, and is no time series")
    for option in FIXED_IN_TIME_SERIES:
        if option in wanted and wanted[option] != found.get(option):
            raise InvalidCollectionError(
                f"{refused}, and its {option} is {found.get(option)!r} instead of "
                f"{wanted[option]!r}"
            )


def _capped_options(meta: Any) -> Options:
    size = meta.get("max_size") or SIZE_OF_CAPPED
    options = {"capped": True, "size": -(-size // UNIT_OF_SIZE) * UNIT_OF_SIZE}
    if meta.get("max_documents"):
        options["max"] = meta["max_documents"]
    return options


def _timeseries_options(timeseries: Any) -> Options:
    series = dict(timeseries)
    seconds = series.pop("expireAfterSeconds", None)
    return {"timeseries": series, "expireAfterSeconds": seconds}
