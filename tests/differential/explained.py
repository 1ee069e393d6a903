"""The differences from MongoEngine 0.29.3 that are wanted, each with its reason."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import NamedTuple


class Explanation(NamedTuple):
    """Why the steps differ that match `label`, in the programs that match `program`.

    Where that would be too many, `oracle` and `ours` say what came of them.  All are
    patterns with `*` and `?`; one with `!` in front is what it must not be.
    """

    program: str
    label: str
    reason: str
    oracle: str = "*"
    ours: str = "*"

    def explains(self, *difference: str) -> bool:
        """Tell whether this explains a difference: program, label, oracle, ours."""
        patterns = (self.program, self.label, self.oracle, self.ours)
        return all(map(matches, difference, patterns))


def matches(text: str, pattern: str) -> bool:
    """Tell whether a text matches; brackets stand for themselves."""
    if pattern.startswith("!"):
        return not matches(text, pattern[1:])
    return fnmatchcase(text, pattern.replace("[", "[[]"))


CLEARED = "clear() on a list is a change"
UNSAVED = "a reference to an unsaved document says so"
LOST_PATH = "0.29.3 forgets outer names inside dynamic values, and saves elsewhere"
LOST_DB_NAME = (
    "0.29.3 marks a default container in a list by its field name, saves null"
)
LOST_KEY = "0.29.3 unsets a key with a dot or a number instead of saving it"
LOST_MERGE = "0.29.3 does not notice |= on a dict"
LOST_OUTER_PATH = (
    "0.29.3 indexes below embedded documents by paths that hold nothing: it takes the"
    " outer field by its own name, and forgets all outer ones but the nearest"
)
EARLY_INDEXES = "0.29.3 builds indexes before there is an automatic id"
LATER = "needs the server: comes with documents and querysets"
STATE = "how a document keeps its state is its own affair"
ORDER = "_data starts with what was given, which the document took over"
DISPLAY = "get_x_display is a method of the class, as any other"
SORTED = "0.29.3 writes a value of a sorted list to the position it had before sorting"
SHARED = "0.29.3 shares an assigned container with its old place, and marks that alone"
SHARED_MARKS = "0.29.3 has a copy and its original share one list of changes"
OWNERLESS = (
    "0.29.3 keeps documents with choices alive by cycles; a list cannot outlive one"
)
PER_INSTANCE = "0.29.3 copies all fields for a document that is not to dereference"
BY_DB_NAME = "0.29.3 makes an embedded document of stored names as if they were fields"
MISUSED = "nonsense either way, in other words"
REMOVED = "0.29.3 stores null where a dynamic value was deleted"
PK = "0.29.3 takes pk for a dynamic field"
DIAMOND = "0.29.3 cannot make diamonds of top-level documents"
PROPERTY = "a property may replace an inherited field"
OWNER = "the owner of an automatic id is the class that it was made for"
AUTO_ID = (
    "0.29.3 makes a key beside a field named id or _id, and then misplaces its values"
)
ALIAS = "0.29.3 makes id another name of the key even where a field is named id"
IMPORTS = "_import_class finds what the library exports"
KEYS_OF_DYNAMIC = "0.29.3 cannot name what lies two keys below a DynamicField"
REFUSED_REFERENCE = (
    "0.29.3 takes any DBRef for one of a document that it can load, and fails"
)
SORTED_CHANGES = "0.29.3 cannot tell what changed in a list that is sorted by a key"
BYTES = "0.29.3 takes bytes for a list of numbers where it expects a container"
ONE_TUPLE = "0.29.3 takes a tuple of one value for the value, by formatting it with %"
INHERITED = "a constructor is named after the class that it is inherited from"
GENERIC = "fields are generic in the type of their values"
UNSHARED = "0.29.3 keeps, and changes, the containers that it was given"
FILE_IDS = "0.29.3 stores the proxies of a list instead of the ids of their files"
ONE_PROXY = "0.29.3 makes a proxy of a proxy"
NO_DOMAIN = "0.29.3 fails on an address without a domain instead of refusing it"
UNORDERED = "0.29.3 cannot show values of choices that have no order"
SEVERAL = "get_x_display shows several values, also where a field is to hold one"
UNTRACKED = "0.29.3 does not save what is changed inside of a DynamicField"

EXPLAINED: tuple[Explanation, ...] = (
    Explanation("documents_changes", "w.tags.clear()", CLEARED),
    Explanation("documents_changes", "w.matrix[1].clear()", CLEARED),
    Explanation("documents_changes", "w.parts.clear()", CLEARED),
    Explanation("documents_structures", "list clear()", CLEARED),
    Explanation("documents_mongo", "unsaved reference", UNSAVED),
    Explanation("documents_dynamic", "nested: *", LOST_PATH),
    Explanation("documents_changes", "w.parts[2].lines.append('x')", LOST_DB_NAME),
    Explanation(
        "documents_changes",
        "w.parts.filter(city='second')[0].lines.append('x')",
        LOST_DB_NAME,
    ),
    Explanation(
        "documents_changes",
        "[p.lines.append('i') for p in reversed(w.parts)]",
        LOST_DB_NAME,
    ),
    Explanation("documents_changes", "w.data |= {'a': 2}", LOST_MERGE),
    Explanation("documents_structures", "dict __ior__({'a':3})", LOST_MERGE),
    Explanation("documents_indexes", "unique embedded*", LOST_OUTER_PATH),
    Explanation(
        "documents_indexes", "unique list of embedded namespace", LOST_OUTER_PATH
    ),
    Explanation("documents_indexes", "unique sorted list namespace", LOST_OUTER_PATH),
    Explanation("documents_indexes", "unique two of one namespace", LOST_OUTER_PATH),
    Explanation("documents_indexes", "geo in embedded*", LOST_OUTER_PATH),
    Explanation("documents_indexes", "geo in list of embedded specs", LOST_OUTER_PATH),
    Explanation("documents_indexes", "unique with key*", EARLY_INDEXES),
    Explanation("documents_lookup", "Whole lookup dynamic.a.b", KEYS_OF_DYNAMIC),
    Explanation("documents_lookup", "Whole translate dynamic.a.b", KEYS_OF_DYNAMIC),
    Explanation("documents_access", "'save' in", LATER),
    Explanation("documents_access", "display on the class", DISPLAY),
    Explanation("documents_access", "repr NonText", MISUSED),
    Explanation("documents_changes", "w.numbers[0] = 9", SORTED),
    Explanation("documents_changes", "w.part.lines = w.tags*", SHARED),
    Explanation(
        "documents_changes",
        "x = w.data['f']; w.data['z'] = x; w.data['z']['q'] = 1",
        SHARED,
    ),
    Explanation(
        "documents_changes", "w.data['z'] = w.tags; w.data['z'].append('q')", SHARED
    ),
    Explanation("documents_changes", "o = load()*", SHARED),
    Explanation("documents_changes", "w._mark_as_changed(None)", MISUSED),
    Explanation("documents_changes_long", "21 after clearing*", SHARED),
    Explanation("documents_construct", "nothing given, _data names", ORDER),
    Explanation("documents_construct", "_data names are", ORDER),
    Explanation("documents_construct", "loose _data", ORDER),
    Explanation("documents_construct", "_created None", STATE),
    Explanation("documents_construct", "loose __dict__", STATE),
    Explanation("documents_construct", "no super", STATE),
    Explanation("documents_construct", "input is not aliased", OWNERLESS),
    Explanation("documents_construct", "no dereference, fields", PER_INSTANCE),
    Explanation("documents_construct", "loose named as a method", LATER),
    Explanation("documents_copies", "part __getstate__ keys", STATE),
    Explanation("documents_copies", "loaded part __getstate__ keys", STATE),
    Explanation("documents_copies", "free part __getstate__ keys", STATE),
    Explanation("documents_dynamic", "init dict with wrong keys and _cls", BY_DB_NAME),
    Explanation("documents_dynamic", "set dict with wrong keys and _cls", BY_DB_NAME),
    Explanation("documents_dynamic", "load dict with wrong keys and _cls", BY_DB_NAME),
    Explanation("documents_dynamic", "to_mongo class", MISUSED),
    Explanation("documents_dynamic", "validate class", MISUSED),
    Explanation("documents_dynamic", "delta class", MISUSED),
    Explanation("documents_dynamic", "in a part class", MISUSED),
    Explanation("documents_dynamic", "del d.part.m", REMOVED),
    Explanation("documents_dynamic", "d.pk = ID", PK),
    Explanation("documents_dynamic", "_data", ORDER),
    Explanation("documents_embedded_lists", "saved without connection", LATER),
    Explanation("documents_indexes", "list_indexes*", LATER),
    Explanation("documents_indexes", "not created without connection", LATER),
    Explanation("documents_indexes", "create_index*", LATER),
    Explanation("documents_indexes", "family list_indexes", LATER),
    Explanation("documents_inheritance", "diamond*", DIAMOND),
    Explanation("documents_inheritance", "Puck._superclasses", STATE),
    Explanation("documents_inheritance", "Document()", MISUSED),
    Explanation("documents_inheritance", "EmbeddedDocument()", MISUSED),
    Explanation("documents_inheritance", "DynamicDocument()", MISUSED),
    Explanation("documents_inheritance", "document below embedded", MISUSED),
    Explanation("documents_inheritance", "overridden with a property", PROPERTY),
    Explanation("documents_inheritance", "owner of id", OWNER),
    Explanation("documents_keys", "named id*", AUTO_ID),
    Explanation("documents_keys", "named _id*", AUTO_ID),
    Explanation("documents_keys", "db_field _id*", AUTO_ID),
    Explanation("documents_keys", "auto_id_0*", AUTO_ID),
    Explanation("documents_keys", "key and id*", ALIAS),
    Explanation("documents_keys", "reference*", MISUSED),
    Explanation("documents_keys", "id meta*", ALIAS),
    Explanation("documents_keys", "auto child with id value", AUTO_ID),
    Explanation("documents_keys", "abstract id child", ALIAS),
    Explanation("documents_keys", "abstract plain child value", AUTO_ID),
    Explanation("documents_keys", "set id", ORDER),
    Explanation("documents_meta", "objects", LATER),
    Explanation("documents_meta", "no connection*", LATER),
    Explanation("documents_meta", "no such alias", LATER),
    Explanation("documents_meta", "field owner", OWNER),
    Explanation("documents_misuse", "Document field named*", LATER),
    Explanation("documents_misuse", "DynamicDocument field named*", LATER),
    Explanation("documents_registry", "_import_class*", IMPORTS),
    Explanation("documents_registry", "map reduce*", LATER),
    Explanation("documents_signals", "load *", ORDER),
    Explanation("documents_structures", "lazy fetch", LATER),
    Explanation(
        "fields_*",
        "*",
        UNSAVED,
        oracle="raises ValidationError: *You can only reference documents once*",
        ours="raises ValidationError: *has no id. You can only reference documents*",
    ),
    Explanation(
        "fields_*",
        "*",
        LATER,
        oracle="raises ConnectionFailure: You have not defined a default connection",
        ours="!raises *",
    ),
    Explanation(
        "fields_*",
        "*",
        MISUSED,
        oracle="raises TypeError: super(type, obj): *",
        ours="raises AttributeError: 'bool' object has no attribute *",
    ),
    Explanation("fields_containers", "* <- b'text' | *", BYTES),
    Explanation("fields_containers", "DynamicField(*, read", UNTRACKED, ours="Base*"),
    Explanation("fields_containers", "* <- {b'a': 1} | query *", BYTES),
    Explanation(
        "fields_containers",
        "SortedListField(*ordering=* | loaded, changed",
        SORTED_CHANGES,
        oracle="raises AttributeError: * object has no attribute '_changed_fields'",
        ours="[]",
    ),
    Explanation("fields_containers_read", "what is read*: dynamic*", UNTRACKED),
    Explanation("fields_containers_read", "_lookup_field dynamic.a.b", KEYS_OF_DYNAMIC),
    Explanation(
        "fields_containers_read",
        "_translate_field_name dynamic.a.b",
        KEYS_OF_DYNAMIC,
    ),
    Explanation(
        "fields_containers",
        "* <- *DBRef(*",
        REFUSED_REFERENCE,
        oracle="raises AttributeError: '*Field' object has no attribute '_get_db'",
        ours="!raises *",
    ),
    Explanation("fields_geo", "* bases", GENERIC),
    Explanation("fields_geo", "point: mutated in place", UNSHARED),
    Explanation("fields_geo", "what was loaded is shared with the place", UNSHARED),
    Explanation("fields_images", "image size", LATER),
    Explanation("fields_images", "image format", LATER),
    Explanation("fields_images", "image thumbnail", LATER),
    Explanation(
        "fields_misuse",
        "*, 12 positional",
        INHERITED,
        ours="raises TypeError: _Number.__init__() takes *",
    ),
    Explanation("fields_numbers", "* <- (1) | *", ONE_TUPLE),
    Explanation("fields_numbers", "IntField too many positional", INHERITED),
    Explanation(
        "fields_references",
        "Generic*, read",
        LATER,
        oracle="raises KeyError: '_*'",
        ours="!raises *",
    ),
    Explanation(
        "fields_references",
        "Generic*, read",
        LATER,
        oracle="raises NotRegistered: `Nope`*",
        ours="!raises *",
    ),
    Explanation(
        "fields_references_book",
        "LazyReference *",
        LATER,
        oracle="raises ConnectionFailure: *",
        ours="raises AttributeError: *'_fetch_lazily'",
    ),
    Explanation("fields_stored", "sequence unbound", MISUSED),
    Explanation("fields_stored", "files of proxies*", FILE_IDS),
    Explanation("fields_stored", "file to_python <GridFSProxy*", ONE_PROXY),
    Explanation("fields_stored", "* inherits", GENERIC),
    Explanation("fields_text", "EmailField ip valid 'me@'", NO_DOMAIN),
    Explanation("fields_text", "ip domain part ''", NO_DOMAIN),
    Explanation("fields_validation", "choices set, * display", UNORDERED),
    Explanation("fields_validation", "choices dict, * display", UNORDERED),
    Explanation("fields_validation", "choices enum, * display", UNORDERED),
    Explanation(
        "fields_validation",
        "choices *, [1] display",
        SEVERAL,
        oracle="raises TypeError: unhashable type: 'list'",
    ),
    Explanation("fields_validation", "choosers have", DISPLAY),
    Explanation("fields_validation", "choosers, class call", DISPLAY),
    Explanation("documents_changes", "w.data['x.y'] = 2", LOST_KEY),
    Explanation("documents_changes", "w.data[5] = 2", LOST_KEY),
    Explanation(
        "documents_changes", "x = w.data['f']; w.data['z'] = x; x['q'] = 1", SHARED
    ),
    Explanation("documents_structures", "dict __setitem__(5,1)", LOST_KEY),
    Explanation("documents_structures", "dict __setitem__('a.b',1)", LOST_KEY),
    Explanation("documents_copies", "copy loaded then change", SHARED_MARKS),
    Explanation("documents_copies", "copy read then change", SHARED_MARKS),
    Explanation("documents_copies", "copy changed then change", SHARED_MARKS),
    Explanation("documents_structures", "list __radd__([1])", MISUSED),
)
