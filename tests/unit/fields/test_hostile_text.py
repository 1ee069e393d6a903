"""Texts made to keep a validator busy: each takes time in proportion to its length."""

import re
import time

import pytest

from mongoengine.errors import ValidationError
from mongoengine.fields import (
    ComplexDateTimeField,
    DateTimeField,
    EmailField,
    URLField,
)

HOSTILE_URLS = ["{a}", "{a.}", "{a-}.com", "[{:}x", "{1.}", "a.com/{ }", "{_}", "{@}"]
HOSTILE_URLS += ["a.com:{1}x", "[{a:}x", "{aé}", "{a_-}.", "a.{-}", "a.{a}-", "{/}"]
HOSTILE_URLS += ["a.com?{a}\n\n", "{\n}", "a:{1}x", "{://}"]
HOSTILE_EMAILS = ["{a}", "{a}@", "{a.}@x", '"{\\}', '"{a}@a.com', "a@{a-}", "a@{a.}"]
HOSTILE_EMAILS += ["{@}", "a@{é}", "a@{é.}", "a@[{1}]", "a@[{:}]", "a@[{1.}]", "a@{-}"]
HOSTILE_EMAILS += ["{é}@a.c", "a@{。}", "a@a.{a-}", "{a.}.@a.com", '"{\\a}@a.com']
HOSTILE_DATES = ["{1}", "{ }x", "{2020-}", "2020-02-29.{1}", "{,}", "{1,}", "{0}x"]
TOLERANT = {"allow_utf8_user": True, "allow_ip_domain": True}


def fill(template, length):
    """Repeat the part in braces up to a length."""
    before, repeated, after = re.split("[{}]", template)
    return before + repeated * (length // len(repeated)) + after


def seconds(field, text):
    """Measure the time in which a text is refused, at best."""
    times = []
    for _ in range(5):
        start = time.process_time()
        with pytest.raises(ValidationError):
            field.validate(text)
        times.append(time.process_time() - start)
    return min(times)


@pytest.mark.parametrize(
    ("field", "template"),
    [
        *((URLField(schemes=["http"]), f"http://{text}") for text in HOSTILE_URLS),
        *((EmailField(), text) for text in HOSTILE_EMAILS),
        *((EmailField(**TOLERANT), text) for text in HOSTILE_EMAILS),
        *((DateTimeField(), text) for text in HOSTILE_DATES),
        *((ComplexDateTimeField(), text) for text in HOSTILE_DATES),
    ],
)
def test_long_texts_are_refused_in_linear_time(field, template):
    short, long = fill(template, 12_500), fill(template, 100_000)
    # Eight times the length; quadratic time would be 64 times as much.
    noise = 1e-4
    assert seconds(field, long) < 24 * (seconds(field, short) + noise)
