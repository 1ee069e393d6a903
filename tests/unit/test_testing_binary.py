"""Which mongod the embedded server runs."""

import os
from pathlib import Path

import pytest

from mongoengine.testing import MongodError, find_mongod


@pytest.fixture
def no_mongod(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.delenv("MONGOENGINE_MONGOD", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def executable(path: Path, mode: int = 0o755) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(mode)
    return str(path)


def test_the_variable_comes_before_the_path(no_mongod, monkeypatch):
    executable(no_mongod / "mongod")
    named = executable(no_mongod / "other" / "mongod-8")
    monkeypatch.setenv("MONGOENGINE_MONGOD", named)
    assert find_mongod() == named


def test_the_path_comes_before_the_wheel(no_mongod):
    on_path = executable(no_mongod / "mongod")
    executable(no_mongod / "site/fiftyone/db/bin/mongod")
    assert find_mongod([str(no_mongod / "site")]) == on_path


def test_the_wheel_may_lack_the_executable_bit(no_mongod):
    in_wheel = executable(no_mongod / "site/fiftyone/db/bin/mongod", mode=0o644)
    found = find_mongod(["", str(no_mongod / "nowhere"), str(no_mongod / "site")])
    assert found == in_wheel
    assert os.access(in_wheel, os.X_OK)


def test_a_wrong_variable_is_named_with_its_value(no_mongod, monkeypatch):
    monkeypatch.setenv("MONGOENGINE_MONGOD", "/nowhere/mongod")
    with pytest.raises(MongodError, match="MONGOENGINE_MONGOD is '/nowhere/mongod'"):
        find_mongod([])


@pytest.mark.usefixtures("no_mongod")
def test_without_any_the_error_names_all_the_ways():
    with pytest.raises(MongodError) as caught:
        find_mongod([])
    for way in (
        "pip install 'mongoengine[embedded]'",
        "PATH",
        "MONGOENGINE_MONGOD",
        "MONGOENGINE_TEST_URI",
        "docker run",
        "rs.initiate",
    ):
        assert way in str(caught.value)
