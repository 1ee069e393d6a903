"""StringField, URLField and EmailField."""

import re

from battery import attributes_of, exercise
from recorder import step

from mongoengine import Document, EmailField, StringField, URLField

TEXTS = [
    "",
    "a",
    "abc",
    "abcd",
    "é",
    "日本",
    "a\nb",
    "a\n",
    None,
    b"abc",
    b"\xff",
    5,
    1.5,
]
TEXTS += [True, [], ["a"], {}, {"a": 1}, object]
STRING_OPS = ["contains", "icontains", "startswith", "istartswith", "endswith"]
STRING_OPS += [
    "iendswith",
    "exact",
    "iexact",
    "regex",
    "iregex",
    "wholeword",
    "iwholeword",
]
STRING_OPS += ["ne", "in", None, "unknown"]

exercise("StringField()", TEXTS)
exercise("StringField(max_length=3)", TEXTS)
exercise("StringField(min_length=2, max_length=2)", ["a", "ab", "abc", "", None, 12])
exercise("StringField(max_length=0)", ["", "a"])
exercise("StringField(min_length=0)", ["", "a"])
exercise("StringField(regex='^a+$')", ["a", "aa", "ab", "", None, "a\n", 1])
exercise("StringField(regex=compiled)", ["A", "b", ""], compiled=re.compile("a", re.I))
exercise("StringField(regex='b')", ["b", "ab", "ba"])
exercise("StringField(null=True)", [None, "a"])
exercise("StringField(required=True)", [None, "", "a"])
exercise("StringField(required=True, null=True)", [None, "", "a"])
exercise("StringField(default='d')", [None, "", "a"])
exercise("StringField(default='d', null=True)", [None, "", "a"])
exercise("StringField(default=lambda: 'd')", [None, "", "a"])
exercise("StringField(default=5)", [None, "a"])
exercise("StringField(db_field='x')", [None, "a"])
exercise("StringField(choices=['a', 'b'])", ["a", "c", None, ""])
exercise("StringField(choices=(('a', 'Ay'), ('b', 'Bee')))", ["a", "c", "Ay", None])
exercise("StringField(choices=())", ["a", None])
exercise("StringField(choices=[('g', (('a', 'A'), ('b', 'B')))])", ["a", "g", None])

field = StringField()
for op in STRING_OPS:
    for value in ["a", "a.b*", "", "é", None, 5, re.compile("x", re.M), ["a", "b"]]:
        label = f"StringField query {op} {value!r}"
        step(label, field.prepare_query_value, op, value)


@step("StringField query of an unbound field with choices and limits")
def _():
    limited = StringField(max_length=2)
    return limited.prepare_query_value("exact", "toolong")


step("StringField(regex='(')", lambda: StringField(regex="("))
step("StringField(regex=5)", lambda: StringField(regex=5))
step("StringField lookup_member", lambda: StringField().lookup_member("x"))
step("StringField attributes", lambda: attributes_of(StringField(max_length=3)))
step("StringField(max_length='3')", lambda: StringField(max_length="3").validate("a"))

URLS = """
http://example.com
https://example.com/
HTTP://EXAMPLE.COM/PATH
ftp://example.com/file.txt
ftps://example.com
git://example.com
mailto:me@example.com
javascript:alert(1)
example.com
//example.com
http://
http://a
http://localhost
http://localhost:8000/x
http://127.0.0.1
http://127.0.0.1:99999/
http://256.256.256.256
http://999.999.999.999
http://1.2.3
http://[::1]
http://[::1]:80/x
http://[2001:db8::1]/
http://[nonsense]/
http://example.com:80
http://example.com:
http://example.com:port
http://user@example.com
http://user:secret@example.com:80/x?y=1#z
http://example.com/a b
http://example.com/a%20b
http://example.com?query
http://example.com#part
http://example.com/?q=ä
http://exämple.com
http://例え.jp
http://xn--r8jz45g.jp
http://пример.испытание/
http://-example.com
http://example-.com
http://ex_ample.com
http://example..com
http://.example.com
http://example.com.
http://example.com./
http://example.c
http://example.co
http://example.museum
http://example.toolongtoplevel
http://example.123
http://sub.sub.example.co.uk/a/b/c
http://example.com/<script>
http://example.com/"quote"
http://ex ample.com
 http://example.com
http://example.com/(parens)
http:/example.com
http//example.com
http:example.com
http://////
ssh://example.com
ws://example.com/socket
""".strip("\n").splitlines()
URLS += [
    "http://example.com\n",
    "http://example.com/\nx",
    "http://" + "a" * 64 + ".com",
]
URLS += ["http://" + "a" * 63 + ".com", "http://" + "a." * 120 + "com", "", None, 5]


def url_verdicts(label, field):
    for url in URLS:
        step(f"{label} valid {url!r}", field.validate, url)


class Urls(Document):
    plain = URLField()
    secure = URLField(schemes=["https"])
    mixed = URLField(schemes=["HTTP", "git"])
    none = URLField(schemes=[])
    own = URLField(url_regex=r"^x://\w+$")
    own_compiled = URLField(url_regex=re.compile("http://A", re.I))
    short = URLField(max_length=20, min_length=15)


for name in ("plain", "secure", "mixed", "none", "own", "own_compiled", "short"):
    url_verdicts(f"URLField {name}", getattr(Urls, name))

exercise("URLField()", ["http://example.com", "nope", "", None, 5])
exercise("URLField(required=True)", ["http://example.com", None])
exercise("URLField(schemes='https')", ["https://example.com", "h://example.com"])
step("URLField own message", lambda: Urls(own="y://a").validate())

EMAILS = """
me@example.com
ME@EXAMPLE.COM
me@localhost
me@example
me.too@example.co.uk
me+tag@example.com
"quoted"@example.com
"quo ted"@example.com
"quo\\"ted"@example.com
me@-example.com
me@example-.com
me@exa_mple.com
me@example..com
me@.example.com
me@example.com.
.me@example.com
me.@example.com
m..e@example.com
me@@example.com
me@me@example.com
@example.com
me@
me
me @example.com
me@ example.com
me@exa mple.com
mé@example.com
用户@example.com
me@exämple.com
me@例え.jp
me@xn--r8jz45g.jp
me@127.0.0.1
me@[127.0.0.1]
me@[999.0.0.1]
me@[::1]
me@[IPv6:::1]
me@[2001:db8::1]
me@[nonsense]
me@[127.0.0.1
!#$%&'*+-/=?^_`{}|~@example.com
(comment)me@example.com
me,too@example.com
me;too@example.com
me<too>@example.com
me@example.c
me@example.123
me@example.com<script>
""".strip("\n").splitlines()
EMAILS += ["me@example.com\n", "me\n@example.com", "\nme@example.com", ""]
EMAILS += [
    "a" * 64 + "@example.com",
    "a" * 65 + "@example.com",
    "a" * 300 + "@example.com",
]
EMAILS += [
    "me@" + "a" * 63 + ".com",
    "me@" + "a" * 64 + ".com",
    "me@" + "a." * 130 + "com",
]


class Emails(Document):
    plain = EmailField()
    utf8 = EmailField(allow_utf8_user=True)
    ip = EmailField(allow_ip_domain=True)
    local = EmailField(domain_whitelist=["localhost", "exämple"])
    whole = EmailField(True, True, True)
    short = EmailField(max_length=14)
    pattern = EmailField(regex="^me")


for name in ("plain", "utf8", "ip", "local", "short", "pattern"):
    for email in EMAILS:
        label = f"EmailField {name} valid {email!r}"
        step(label, getattr(Emails, name).validate, email)

exercise("EmailField()", ["me@example.com", "nope", "", None, 5, b"me@example.com"])
exercise("EmailField(domain_whitelist=('nope',))", ["me@nope", "me@other"])
exercise(
    "EmailField(choices=['me@example.com'])", ["me@example.com", "you@example.com"]
)
step("EmailField error_msg", lambda: EmailField.error_msg)
step(
    "EmailField whitelist", lambda: EmailField(domain_whitelist=["x"]).domain_whitelist
)
step("EmailField default whitelist", lambda: EmailField().domain_whitelist)
for user in ("me", "mé", '"a b"', "", "a b", "a.", ".a", "a@b"):
    step(f"user part {user!r}", EmailField().validate_user_part, user)
    step(f"utf8 user part {user!r}", Emails.utf8.validate_user_part, user)
for domain in (
    "example.com",
    "localhost",
    "a",
    "",
    "[127.0.0.1]",
    "exämple.com",
    "a..b",
):
    step(f"domain part {domain!r}", EmailField().validate_domain_part, domain)
    step(f"ip domain part {domain!r}", Emails.ip.validate_domain_part, domain)
