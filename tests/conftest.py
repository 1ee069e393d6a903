"""What all tests share."""

import pytest

from mongoengine.base.common import _document_registry


@pytest.fixture(autouse=True)
def _own_document_classes():
    """Forget the document classes that a test defined."""
    before = dict(_document_registry)
    yield
    _document_registry.clear()
    _document_registry.update(before)
