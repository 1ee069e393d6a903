"""What ``connect()`` was told, checked and brought into one form.

Pure: nothing here resolves a name or opens a socket, so both families use it,
and ``connect_async()`` never blocks the event loop on a DNS query.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pymongo.uri_parser
from bson.binary import UuidRepresentation
from pymongo import read_preferences
from pymongo.errors import InvalidName
from pymongo.read_preferences import ReadPreference

Settings = dict[str, Any]

DEFAULT_CONNECTION_NAME = "default"
DEFAULT_DATABASE_NAME = "test"
DEFAULT_HOST = "localhost"
DEFAULT_PORT = 27017

# MongoEngine's names for what PyMongo calls otherwise.
DRIVER_NAMES = {
    "authentication_source": "authSource",
    "authentication_mechanism": "authMechanism",
    "authmechanismproperties": "authMechanismProperties",
}
OPTIONAL = {"username", "password", *DRIVER_NAMES}
CLIENT_CLASS_KEYS = {"mongo_client_class", "async_mongo_client_class"}
NOT_FOR_CLIENTS = {"name", *CLIENT_CLASS_KEYS}
FORBIDDEN_IN_DB_NAMES = ' .$/\\\x00"'
SRV_SCHEME = "mongodb+srv://"
SRV_OPTIONS = {"srvmaxhosts", "srvservicename"}
GONE = {"is_slave", "slaves"}
UUID_REPRESENTATIONS = {
    UuidRepresentation.UNSPECIFIED: "unspecified",
    UuidRepresentation.STANDARD: "standard",
    UuidRepresentation.PYTHON_LEGACY: "pythonLegacy",
    UuidRepresentation.JAVA_LEGACY: "javaLegacy",
    UuidRepresentation.CSHARP_LEGACY: "csharpLegacy",
}


def connection_settings(
    db: str | None = None,
    name: str | None = None,
    host: str | Iterable[str] | None = None,
    port: int | None = None,
    read_preference: Any = ReadPreference.PRIMARY,
    username: str | None = None,
    password: str | None = None,
    authentication_source: str | None = None,
    authentication_mechanism: str | None = None,
    authmechanismproperties: Any = None,
    **kwargs: Any,
) -> Settings:
    """Return the settings of a connection, URIs among the hosts taken apart.

    What a URI says of the database, user, authentication, replica set and read
    preference wins over the arguments.  ``kwargs`` go to the client as they are.
    """
    settings: Settings = {
        "name": name or db or DEFAULT_DATABASE_NAME,
        "host": _host_list(host),
        "port": port or DEFAULT_PORT,
        "read_preference": read_preference,
        "username": username,
        "password": password,
        "authentication_source": authentication_source,
        "authentication_mechanism": authentication_mechanism,
        "authmechanismproperties": authmechanismproperties,
    }
    check_db_name(settings["name"])
    _refuse_mocks(settings["host"], kwargs)
    for entry in settings["host"]:
        if "://" in entry:
            settings.update(_uri_settings(entry))
    settings.update((k, v) for k, v in kwargs.items() if k not in GONE)
    _settle_uuid_representation(settings)
    return settings


def client_options(settings: Settings) -> Settings:
    """Return the keyword arguments for a client: PyMongo's names, no blanks."""
    return {
        DRIVER_NAMES.get(key, key): value
        for key, value in settings.items()
        if key not in NOT_FOR_CLIENTS and not (key in OPTIONAL and value is None)
    }


def check_db_name(name: Any) -> None:
    """Refuse what the server would not take as the name of a database."""
    if not isinstance(name, str):
        raise TypeError(f"name must be an instance of {str}")
    if name == "$external":
        return
    if not name:
        raise InvalidName("database name cannot be the empty string")
    for character in FORBIDDEN_IN_DB_NAMES:
        if character in name:
            raise InvalidName(
                f"database names cannot contain the character {character!r}"
            )


def _host_list(host: str | Iterable[str] | None) -> list[str]:
    if not host:
        return [DEFAULT_HOST]
    return [host] if isinstance(host, str) else list(host)


def _refuse_mocks(hosts: list[str], kwargs: Mapping[str, Any]) -> None:
    mocked = any(host.startswith("mongomock://") for host in hosts)
    if mocked or kwargs.get("is_mock"):
        raise Exception(  # the type that MongoEngine raises
            "Use of mongomock:// URI or 'is_mock' were removed in favor of "
            "'mongo_client_class=mongomock.MongoClient'. "
            "Check the CHANGELOG for more info"
        )


def _uri_settings(uri: str) -> Settings:
    """Return the settings that a URI holds, under our names."""
    parsed = pymongo.uri_parser.parse_uri(_without_srv(uri))
    found = {
        "name": parsed["database"],
        "username": parsed["username"],
        "password": parsed["password"],
    }
    options = {key.lower(): value for key, value in parsed["options"].items()}
    found |= {
        "replicaSet": options.get("replicaset"),
        "authentication_source": options.get("authsource"),
        "authentication_mechanism": options.get("authmechanism"),
        "authmechanismproperties": options.get("authmechanismproperties"),
        "read_preference": _uri_read_preference(options),
        "uuidrepresentation": UUID_REPRESENTATIONS.get(
            options.get("uuidrepresentation", -1)
        ),
    }
    return {key: value for key, value in found.items() if value}


def _without_srv(uri: str) -> str:
    """Return an SRV URI in the form that can be parsed without asking the DNS.

    The client gets the original and resolves it when it connects.
    """
    if not uri.startswith(SRV_SCHEME):
        return uri
    base, _, query = uri.removeprefix(SRV_SCHEME).partition("?")
    kept = [(k, v) for k, v in parse_qsl(query) if k.lower() not in SRV_OPTIONS]
    return "mongodb://" + base + ("?" + urlencode(kept) if kept else "")


def _uri_read_preference(options: Mapping[str, Any]) -> Any:
    mode = options.get("readpreference")
    if mode is None:
        return None
    if mode.lower() == "primary":  # takes neither tags nor staleness
        return ReadPreference.PRIMARY
    return getattr(read_preferences, mode[0].upper() + mode[1:])(
        tag_sets=options.get("readpreferencetags"),
        max_staleness=options.get("maxstalenessseconds", -1),
    )


def _settle_uuid_representation(settings: Settings) -> None:
    """Fall back to MongoEngine's UUID format, warning, when none was named."""
    if settings.keys() & {"uuidRepresentation", "uuidrepresentation"}:
        return
    warnings.warn(
        "No uuidRepresentation is specified! Falling back to 'pythonLegacy' which "
        "is the default for pymongo 3.x. For compatibility with other MongoDB "
        "drivers this should be specified as 'standard' or '{java,csharp}Legacy' "
        "to work with older drivers in those languages. This will be changed to "
        "'unspecified' in a future release.",
        DeprecationWarning,
        stacklevel=4,
    )
    settings["uuidRepresentation"] = "pythonLegacy"
