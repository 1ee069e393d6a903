"""What ``connect()`` makes of its arguments, without a server or a DNS query."""

import pytest
from pymongo import ReadPreference
from pymongo.errors import ConfigurationError, InvalidName, InvalidURI
from pymongo.read_preferences import SecondaryPreferred

from mongoengine.base.connection_settings import client_options, connection_settings


def settings(*args, **kwargs):
    if not kwargs.keys() & {"uuidRepresentation", "uuidrepresentation"}:
        kwargs["uuidRepresentation"] = "standard"
    return connection_settings(*args, **kwargs)


def test_defaults():
    assert settings() == {
        "name": "test",
        "host": ["localhost"],
        "port": 27017,
        "read_preference": ReadPreference.PRIMARY,
        "username": None,
        "password": None,
        "authentication_source": None,
        "authentication_mechanism": None,
        "authmechanismproperties": None,
        "uuidRepresentation": "standard",
    }


def test_the_client_gets_the_names_of_the_driver_and_no_blanks():
    assert client_options(settings("shop", host="h")) == {
        "host": ["h"],
        "port": 27017,
        "read_preference": ReadPreference.PRIMARY,
        "uuidRepresentation": "standard",
    }
    options = client_options(
        settings(
            username="amy",
            password="pw",
            authentication_source="adm",
            authentication_mechanism="SCRAM-SHA-1",
            authmechanismproperties="SERVICE_NAME:x",
            mongo_client_class=dict,
            tz_aware=True,
        )
    )
    assert options["authSource"] == "adm"
    assert options["authMechanism"] == "SCRAM-SHA-1"
    assert options["authMechanismProperties"] == "SERVICE_NAME:x"
    assert options["tz_aware"] is True
    assert "mongo_client_class" not in options
    assert "name" not in options


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({"db": "a"}, "a"),
        ({"name": "b"}, "b"),
        ({"db": "a", "name": "b"}, "b"),
        ({"db": ""}, "test"),
        ({"db": "a", "host": "mongodb://h/c"}, "c"),
        ({"db": "a", "host": "mongodb://h/"}, "a"),
        ({"db": "a", "host": ["mongodb://h/c", "mongodb://h/d"]}, "d"),
        ({"db": "$external"}, "$external"),
    ],
)
def test_the_name_of_the_database(names, expected):
    assert settings(**names)["name"] == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        (None, ["localhost"]),
        ("", ["localhost"]),
        ([], ["localhost"]),
        ("a", ["a"]),
        (("a", "b:1"), ["a", "b:1"]),
    ],
)
def test_hosts(host, expected):
    assert settings(host=host)["host"] == expected


def test_a_uri_wins_over_arguments():
    uri = (
        "mongodb://amy:p%40ss@h1:1,h2/shop?authSource=adm&authMechanism=SCRAM-SHA-1"
        "&replicaSet=rs&readPreference=secondary&uuidRepresentation=javaLegacy"
    )
    found = connection_settings(
        "x", host=uri, port=5, username="bob", password="no", authentication_source="no"
    )
    assert found == {
        "name": "shop",
        "host": [uri],
        "port": 5,
        "read_preference": ReadPreference.SECONDARY,
        "username": "amy",
        "password": "p@ss",
        "authentication_source": "adm",
        "authentication_mechanism": "SCRAM-SHA-1",
        "authmechanismproperties": None,
        "replicaSet": "rs",
        "uuidrepresentation": "javaLegacy",
    }


def test_tags_and_staleness_of_a_uri():
    query = "readPreference=secondaryPreferred&readPreferenceTags=dc:ny"
    found = settings(host=f"mongodb://h/?{query}&maxStalenessSeconds=120")
    assert found["read_preference"] == SecondaryPreferred([{"dc": "ny"}], 120)
    assert settings(host="mongodb://h/?readPreference=primary")["read_preference"] == (
        ReadPreference.PRIMARY
    )


def test_mechanism_properties_of_a_uri():
    uri = "mongodb://h/?authMechanism=GSSAPI&authMechanismProperties=SERVICE_NAME:foo"
    found = settings(host=uri)
    assert found["authmechanismproperties"] == {"SERVICE_NAME": "foo"}


def test_an_srv_uri_is_read_without_asking_the_dns():
    uri = (
        "mongodb+srv://amy:p%40ss@nowhere.invalid/shop"
        "?srvMaxHosts=3&authSource=adm&srvServiceName=x"
    )
    found = settings(host=uri)
    assert found["host"] == [uri]
    assert found["name"] == "shop"
    assert (found["username"], found["password"]) == ("amy", "p@ss")
    assert found["authentication_source"] == "adm"


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"db": 5}, TypeError, "instance of <class 'str'>"),
        ({"db": b"x"}, TypeError, "instance of <class 'str'>"),
        *(({"db": f"a{c}b"}, InvalidName, "contain the char") for c in ' .$/\\\x00"'),
        ({"host": "mongodb://h/%24bad"}, InvalidURI, "Bad database name"),
        ({"host": "MONGODB://h/x"}, InvalidURI, "Invalid URI scheme"),
        ({"host": "mongodb://h/?foo=1"}, ConfigurationError, "Unknown option: foo"),
        ({"host": "mongodb://h:bad/x"}, ValueError, "Port contains non-digit"),
        ({"host": 3}, TypeError, "'int' object is not iterable"),
        ({"host": "mongomock://x"}, Exception, "mongo_client_class=mongomock"),
        ({"host": ["a", "mongomock://x"]}, Exception, "mongo_client_class=mongomock"),
        ({"is_mock": True}, Exception, "mongo_client_class=mongomock"),
    ],
)
def test_bad_input(arguments, error, message):
    with pytest.raises(error, match=message):
        settings(**arguments)


def test_settings_of_old_are_dropped():
    assert settings(is_slave=True, slaves=[]) == settings()


@pytest.mark.parametrize("key", ["uuidRepresentation", "uuidrepresentation"])
def test_no_warning_when_the_uuid_representation_is_named(key):
    assert settings(**{key: "unspecified"})[key] == "unspecified"


def test_without_a_uuid_representation_there_is_a_warning():
    with pytest.warns(DeprecationWarning, match="Falling back to 'pythonLegacy'"):
        found = connection_settings("shop")
    assert found["uuidRepresentation"] == "pythonLegacy"
