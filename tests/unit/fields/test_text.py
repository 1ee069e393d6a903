"""StringField, URLField and EmailField."""

import re
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mongoengine.errors import ValidationError
from mongoengine.fields import EmailField, StringField, URLField


def problem(field, value):
    """Return the message that a value is refused with, None if it is valid."""
    try:
        field.validate(value)
    except ValidationError as error:
        return error.message
    return None


# StringField

NO_TEXT = "StringField only accepts string values"
TOO_LONG = "String value is too long"
TOO_SHORT = "String value is too short"
NO_MATCH = "String value did not match validation regex"


@pytest.mark.parametrize(
    ("options", "value", "expected"),
    [
        ({}, "", None),
        ({}, "日本", None),
        ({}, None, NO_TEXT),
        ({}, 5, NO_TEXT),
        ({}, b"a", NO_TEXT),
        ({}, ["a"], NO_TEXT),
        ({"max_length": 2}, "ab", None),
        ({"max_length": 2}, "abc", TOO_LONG),
        ({"max_length": 0}, "", None),
        ({"max_length": 0}, "a", TOO_LONG),
        ({"min_length": 2}, "ab", None),
        ({"min_length": 2}, "a", TOO_SHORT),
        ({"regex": "a"}, "ab", None),
        ({"regex": "a"}, "ba", NO_MATCH),
        ({"regex": re.compile("a", re.I)}, "AB", None),
        ({"max_length": 1, "min_length": 3, "regex": "b"}, "aa", TOO_LONG),
        ({"max_length": 1, "min_length": 3, "regex": "b"}, "a", TOO_SHORT),
    ],
)
def test_text_is_validated(options, value, expected):
    assert problem(StringField(**options), value) == expected


@pytest.mark.parametrize(
    ("value", "converted"),
    [
        ("a", "a"),
        (b"\xc3\xa9", "é"),
        (bytearray(b"a"), "a"),
        (b"\xff", b"\xff"),
        (None, None),
        (5, 5),
    ],
)
def test_bytes_become_text_if_they_are_utf_8(value, converted):
    field = StringField()
    assert field.to_python(value) == field.to_mongo(value) == converted


@pytest.mark.parametrize("text", ["abc", "a.b*", "", "é", "a b", "a\nb"])
@pytest.mark.parametrize(
    ("op", "pattern"),
    [
        ("contains", "{}"),
        ("startswith", "^{}"),
        ("endswith", "{}$"),
        ("exact", "^{}$"),
        ("wholeword", r"\b{}\b"),
    ],
)
def test_operators_of_text_make_patterns(op, pattern, text):
    query = StringField().prepare_query_value
    expected = pattern.format(re.escape(text))
    assert query(op, text) == re.compile(expected)
    assert query(f"i{op}", text) == re.compile(expected, re.IGNORECASE)


def test_patterns_are_queried_as_they_are():
    query = StringField().prepare_query_value
    assert query("regex", "a.b*") == re.compile("a.b*")
    assert query("iregex", "a.b*") == re.compile("a.b*", re.IGNORECASE)
    assert query("regex", re.compile("x", re.M)) == re.compile("x", re.M)
    with pytest.raises(ValueError, match="cannot process flags"):
        query("iregex", re.compile("x"))


@pytest.mark.parametrize("value", [None, 5, ["a"]])
def test_operators_of_text_need_text(value):
    with pytest.raises(TypeError, match="need a bytes-like object"):
        StringField().prepare_query_value("contains", value)


@pytest.mark.parametrize("op", [None, "ne", "in", "gt"])
@pytest.mark.parametrize("value", ["too long", None, 5, ["a"], re.compile("x")])
def test_other_operators_take_any_value(op, value):
    assert StringField(max_length=1).prepare_query_value(op, value) == value


@pytest.mark.parametrize("op", ["set", "push", "set_on_insert"])
def test_updates_need_valid_text(op):
    field = StringField(max_length=1)
    assert field.prepare_query_value(op, "a") == "a"
    with pytest.raises(ValidationError, match=TOO_LONG):
        field.prepare_query_value(op, "ab")


def test_text_has_no_members():
    assert StringField().lookup_member("x") is None


def test_a_wrong_regex_is_noticed_at_once():
    with pytest.raises(re.error):
        StringField(regex="(")


# URLField

GOOD_URLS = """
http://example.com
HTTP://EXAMPLE.COM/PATH
ftps://example.com
http://localhost:8000/x
http://LOCALHOST
http://127.0.0.1:99999/
http://999.999.999.999
http://[::1]
http://[2001:db8::1]:80/x
http://[::ffff
http://::1
http://example.com/a%20b?x=(y)#z
http://example.com/?q=ä
http://example.com?query
http://xn--r8jz45g.jp
http://ex_ample.com
http://example.com.
http://example.123
http://a.-bc
http://sub.sub.example.co.uk/a/b/c
http://example.com/://x
""".strip().splitlines()
GOOD_URLS += ["http://example.com\n", f"http://{'a' * 63}.com"]
GOOD_URLS += [f"http://{'a.' * 120}com", f"http://example.{'a' * 70}"]
BAD_URLS = """
http://
http://a
http://1.2.3
http://1.2.3.4.
http://1111.2.3.4
http://localhost.
http://[nonsense]/
http://[:]
http://[a:]
http://[::1]x
http://[1.2.3.4]
http://example.com:
http://example.com:port
http://example.com:80:80
http://user@example.com
http://example.com?
http://example.com#part
http://exämple.com
http://例え.jp
http://-example.com
http://example-.com
http://_example.com
http://example..com
http://.example.com
http://example.com..
http://example.c
http://example.c_m
http://example.com-
http:////
""".strip().splitlines()
BAD_URLS += ["http://example.com/a b", "http://ex ample.com", "http://example.com/\nx"]
BAD_URLS += ["http://example.com\n\n", f"http://{'a' * 64}.com"]


@pytest.mark.parametrize("url", GOOD_URLS)
def test_urls(url):
    assert problem(URLField(), url) is None


@pytest.mark.parametrize("url", BAD_URLS)
def test_what_is_no_url(url):
    assert problem(URLField(), url) == f"Invalid URL: {url}"


@pytest.mark.parametrize(
    ("options", "url", "scheme"),
    [
        ({}, "git://example.com", "git"),
        ({}, "mailto:me@example.com", "mailto:me@example.com"),
        ({}, "", ""),
        ({"schemes": ["https"]}, "http://example.com", "http"),
        ({"schemes": ["HTTP"]}, "HTTP://example.com", "http"),
    ],
)
def test_the_scheme_must_be_a_permitted_one(options, url, scheme):
    expected = f"Invalid scheme {scheme} in URL: {url}"
    assert problem(URLField(**options), url) == expected


@pytest.mark.parametrize(
    ("scheme", "valid"),
    [("git", True), ("a.b-c", True), ("", True), ("git+ssh", False), ("x_y", False)],
)
def test_other_schemes_have_letters_digits_dots_and_dashes(scheme, valid):
    field = URLField(schemes=[scheme])
    assert (problem(field, f"{scheme}://example.com") is None) is valid


def test_without_schemes_the_usual_ones_are_permitted():
    usual = ["http", "https", "ftp", "ftps"]
    assert URLField().schemes == URLField(schemes=[]).schemes == usual


def test_the_form_of_a_url_can_be_ones_own():
    field = URLField(url_regex=re.compile(r"x://\w+$"), schemes=["x"])
    assert problem(field, "x://a") is None
    assert problem(field, "x://a.b") == "Invalid URL: x://a.b"


def test_form_libraries_read_the_pattern_of_a_url():
    field = URLField()
    assert re.compile(field.url_regex).match("https://example.com/a?b")
    assert field.url_regex.match("https://example") is None


@pytest.mark.parametrize("unit", ["a", "a.", "a-", ":", "1:", "[", "1.", "\u0661"])
def test_a_long_text_is_refused_in_linear_time(unit):
    began = process_time()
    assert problem(URLField(), f"http://{unit * 100_000} ") is not None
    assert process_time() - began < 1


# EmailField

ATOM = "!#$%&'*+-/=?^_`{}|~"
GOOD_EMAILS = """
me@example.com
ME@EXAMPLE.COM
me.too+tag@example.co.uk
"quoted"@example.com
"quo\\"ted"@example.com
""@example.com
me@exämple.com
me@例え.jp
me@xn--r8jz45g.jp
me@example.123
me@a.-bc
""".strip().splitlines()
GOOD_EMAILS += [f"{ATOM}@example.com", f"{'a' * 300}@example.com"]
GOOD_EMAILS += [f"me@{'a' * 63}.com", f"me@{'a.' * 130}com", f"me@a.{'b' * 63}"]
NO_USER = ["", "me", "@example.com", ".me@a.com", "me.@a.com", "m..e@a.com"]
NO_USER += ["me@@a.com", "me @a.com", '"quo ted"@a.com', '"a@a.com', '"a"b@a.com']
NO_USER += ["mé@a.com", "me,too@a.com", "me<too>@a.com", "me\n@a.com", '"\\"@a.com']
NO_DOMAIN = ["me@", "me@localhost", "me@-a.com", "me@a-.com", "me@a_b.com", "me@a.com."]
NO_DOMAIN += ["me@127.0.0.1", "me@[127.0.0.1]", "me@a.c", "me@a b.com", "me@a.com\n"]
NO_DOMAIN += ["me@a.b-", "me@a.--", f"me@a.{'b' * 63}.c", "me@a.com<b>"]
NO_IDN = ["me@a..com", "me@.a.com", f"me@{'a' * 64}.com", f"me@{'é' * 64}.com"]
NO_IDN += [f"me@{'é.' * 200}com"]


@pytest.mark.parametrize("email", GOOD_EMAILS)
def test_emails(email):
    assert problem(EmailField(), email) is None


@pytest.mark.parametrize(
    ("email", "reason"),
    [
        *((email, "") for email in NO_USER),
        *((email, " (domain validation failed)") for email in NO_DOMAIN),
        *((email, " (domain failed IDN encoding)") for email in NO_IDN),
    ],
)
def test_what_is_no_email(email, reason):
    assert problem(EmailField(), email) == f"Invalid email address: {email}{reason}"


def test_an_email_is_text_within_its_limits():
    assert problem(EmailField(), None) == NO_TEXT
    assert problem(EmailField(max_length=4), "me@example.com") == TOO_LONG
    assert problem(EmailField(regex="you"), "me@example.com") == NO_MATCH


@pytest.mark.parametrize("user", ["mé", "用户", "é.é", "\x80", '"a"', "a"])
def test_utf8_users_are_an_option(user):
    assert problem(EmailField(allow_utf8_user=True), f"{user}@example.com") is None


@pytest.mark.parametrize("user", ["é..é", ".é", "é ", '"é"'])
def test_utf8_users_have_the_same_form(user):
    assert problem(EmailField(allow_utf8_user=True), f"{user}@example.com")


@pytest.mark.parametrize(
    ("domain", "valid"),
    [
        ("[127.0.0.1]", True),
        ("[::1]", True),
        ("[2001:db8::1]", True),
        ("[::ffff:1.2.3.4]", True),
        ("example.com", True),
        ("127.0.0.1", False),
        ("[999.0.0.1]", False),
        ("[01.2.3.4]", False),
        ("[IPv6:::1]", False),
        ("[::1%eth0]", False),
        ("[127.0.0.1", False),
        ("[]", False),
        ("[", False),
        ("[\0]", False),
        ("", False),
    ],
)
def test_ip_addresses_as_domains_are_an_option(domain, valid):
    field = EmailField(allow_ip_domain=True)
    assert (problem(field, f"me@{domain}") is None) is valid


def test_domains_of_the_whitelist_are_valid():
    field = EmailField(domain_whitelist=["localhost", "a_b"])
    assert problem(field, "me@localhost") is None
    assert problem(field, "me@a_b") is None
    assert problem(field, "me@LOCALHOST")
    assert EmailField().domain_whitelist == []


def test_subclasses_may_have_other_patterns_and_messages():
    class Badge(EmailField):
        USER_REGEX = re.compile(r"\d+$")
        error_msg = "no badge: %s"

    assert problem(Badge(), "7@example.com") is None
    assert problem(Badge(), "me@example.com") == "no badge: me@example.com"


# Any text


@given(st.text())
def test_any_text_is_kept(text):
    field = StringField()
    assert field.to_python(field.to_mongo(text)) == text
    assert problem(field, text) is None


@given(st.text(alphabet='a1.-_@:/?[]é \n"\\', max_size=40))
def test_any_text_is_an_address_or_refused(text):
    assert problem(URLField(), f"http://{text}") in {
        None,
        f"Invalid URL: http://{text}",
    }
    message = problem(EmailField(allow_utf8_user=True), text)
    assert message is None or message.startswith(f"Invalid email address: {text}")
