"""Fields that hold text."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from ipaddress import IPv6Address, ip_address
from typing import Any, ClassVar

from mongoengine.base.field import BaseField
from mongoengine.base.utils import LazyRegexCompiler

# Queries by these operators compare text with a pattern; with an "i" in front, whatever
# the case.
_PATTERNS = {
    "contains": "%s",
    "startswith": "^%s",
    "endswith": "%s$",
    "exact": "^%s$",
    "regex": None,
    "wholeword": r"\b%s\b",
}
STRING_OPERATORS = tuple(op for name in _PATTERNS for op in (name, f"i{name}"))


class StringField(BaseField["str | None"]):
    """Text."""

    _native_type: ClassVar[type | None] = str

    def __init__(
        self,
        regex: str | re.Pattern[str] | None = None,
        max_length: int | None = None,
        min_length: int | None = None,
        **kwargs: Any,
    ) -> None:
        """Describe text whose start matches ``regex``, and how long it may be."""
        self.regex = re.compile(regex) if regex else None
        self.max_length = max_length
        self.min_length = min_length
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """Decode bytes as UTF-8; what is no text is kept."""
        if type(value) is str or not isinstance(value, (bytes, bytearray)):
            return value
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return value

    def validate(self, value: Any, clean: bool = True) -> None:
        """Check type, length and pattern."""
        if not isinstance(value, str):
            self.error("StringField only accepts string values")
        if self.max_length is not None and len(value) > self.max_length:
            self.error("String value is too long")
        if self.min_length is not None and len(value) < self.min_length:
            self.error("String value is too short")
        if self.regex is not None and self.regex.match(value) is None:
            self.error("String value did not match validation regex")

    def _accepts_native(self) -> bool:
        """Say whether any text will do."""
        limits = (self.regex, self.max_length, self.min_length)
        return limits == (None, None, None) and super()._accepts_native()

    def lookup_member(self, member_name: str) -> Any:
        """Return None: text has no members."""
        return None

    def prepare_query_value(self, op: str | None, value: Any) -> Any:
        """Make a pattern of the text for the operators that look into text."""
        if op in STRING_OPERATORS:
            return _compile(op, value)
        return super().prepare_query_value(op, value)


def _compile(op: str, value: Any) -> re.Pattern[str]:
    name = op.removeprefix("i")
    template = _PATTERNS[name]
    pattern = value if template is None else template % re.escape(value)
    return re.compile(pattern, re.IGNORECASE if op != name else 0)


# No input, however long, takes more than linear time: what repeats is one set of
# characters, or a label, which is of limited length.
_SCHEME = "[a-z0-9.-]*"
_LABEL = "[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?"
_NAME = rf"(?:{_LABEL}\.)+[a-z0-9-]+[a-z0-9]\.?"
_IPV4 = r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}"
_IPV6 = r"\[?[0-9a-f]*:[0-9a-f:]+\]?"
_PATH = r"/\S*|\?\S+"
_URL = rf"{_SCHEME}://(?:localhost|{_NAME}|{_IPV4}|{_IPV6})(?::\d+)?(?:{_PATH})?$"


class URLField(StringField):
    """The address of something on the web."""

    _URL_REGEX = LazyRegexCompiler(_URL, re.IGNORECASE)
    _URL_SCHEMES = ("http", "https", "ftp", "ftps")

    def __init__(
        self,
        url_regex: re.Pattern[str] | None = None,
        schemes: Iterable[str] | None = None,
        **kwargs: Any,
    ) -> None:
        """Describe an address; ``url_regex`` replaces the usual check of its form."""
        self.url_regex = url_regex or self._URL_REGEX
        self.schemes = schemes or list(self._URL_SCHEMES)
        super().__init__(**kwargs)

    def validate(self, value: Any, clean: bool = True) -> None:
        """Check the scheme, then the form."""
        scheme = value.split("://")[0].lower()
        if scheme not in self.schemes:
            self.error(f"Invalid scheme {scheme} in URL: {value}")
        if not self.url_regex.match(value):
            self.error(f"Invalid URL: {value}")

    def _accepts_native(self) -> bool:
        """Say no: most texts are no addresses."""
        return False


class EmailField(StringField):
    """The address of a mailbox."""

    # Of RFC 2822: atoms with dots between them, or a quoted string.
    USER_REGEX = LazyRegexCompiler(
        r"""(?: [-!#$%&'*+/=?^_`{}|~0-9a-z]+ (?: \.[-!#$%&'*+/=?^_`{}|~0-9a-z]+ )*
        | " (?: [\x01-\x08\x0b\x0c\x0e-\x1f!\x23-\x5b\x5d-\x7f]
              | \\[\x01-\x09\x0b\x0c\x0e-\x7f] )* "
        )\Z""",
        re.IGNORECASE | re.ASCII | re.VERBOSE,
    )
    UTF8_USER_REGEX = LazyRegexCompiler(
        r"""(?: [-!#$%&'*+/=?^_`{}|~0-9a-z\x80-\U0010ffff]+
            (?: \.[-!#$%&'*+/=?^_`{}|~0-9a-z\x80-\U0010ffff]+ )*
        | " (?: [\x01-\x08\x0b\x0c\x0e-\x1f!\x23-\x5b\x5d-\x7f]
              | \\[\x01-\x09\x0b\x0c\x0e-\x7f] )* "
        )\Z""",
        re.IGNORECASE | re.ASCII | re.VERBOSE,
    )
    DOMAIN_REGEX = LazyRegexCompiler(
        r"""(?: [a-z0-9] (?: [a-z0-9-]{0,61}[a-z0-9] )? \. )+
        [a-z0-9-]{1,62}[a-z0-9]\Z""",
        re.IGNORECASE | re.ASCII | re.VERBOSE,
    )
    error_msg = "Invalid email address: %s"

    def __init__(
        self,
        domain_whitelist: Container[str] | None = None,
        allow_utf8_user: bool = False,
        allow_ip_domain: bool = False,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Describe an address.

        Domains of the ``domain_whitelist`` are valid as they are; ``allow_utf8_user``
        lets more than ASCII stand before the ``@``, and ``allow_ip_domain`` an IP
        address in brackets after it.
        """
        self.domain_whitelist = domain_whitelist or []
        self.allow_utf8_user = allow_utf8_user
        self.allow_ip_domain = allow_ip_domain
        super().__init__(*args, **kwargs)

    def validate_user_part(self, user_part: str) -> re.Match[str] | None:
        """Match what stands before the ``@``."""
        utf8 = self.allow_utf8_user
        return (self.UTF8_USER_REGEX if utf8 else self.USER_REGEX).match(user_part)

    def validate_domain_part(self, domain_part: str) -> bool:
        """Say whether what stands after the ``@`` is valid, in ASCII."""
        if domain_part in self.domain_whitelist:
            return True
        if self.DOMAIN_REGEX.match(domain_part):
            return True
        return self.allow_ip_domain and _is_bracketed_ip(domain_part)

    def validate(self, value: Any, clean: bool = True) -> None:
        """Check the user and the domain, which may be an international one."""
        super().validate(value)
        user, at, domain = value.rpartition("@")
        if not (at and self.validate_user_part(user)):
            self.error(self.error_msg % value)
        if self.validate_domain_part(domain):
            return
        try:
            encoded = _to_ascii(domain)
        except UnicodeError:
            self.error(f"{self.error_msg % value} (domain failed IDN encoding)")
        if not self.validate_domain_part(encoded):
            self.error(f"{self.error_msg % value} (domain validation failed)")

    def _accepts_native(self) -> bool:
        """Say no: most texts are no addresses."""
        return False


_LONGEST_DOMAIN = 253


def _to_ascii(domain: str) -> str:
    """Encode an international domain, unless it is so long that it would take time."""
    if len(domain) > _LONGEST_DOMAIN and not domain.isascii():
        raise UnicodeError("domain too long")
    return domain.encode("idna").decode("ascii")


def _is_bracketed_ip(text: str) -> bool:
    if not (text.startswith("[") and text.endswith("]")):
        return False
    try:
        address = ip_address(text[1:-1])
    except ValueError:
        return False
    return not (isinstance(address, IPv6Address) and address.scope_id)
