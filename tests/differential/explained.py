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


NAMES_COLLECTION = (
    "0.29.3 forgets the collection of a reference to an abstract class when it stores it "
    "again, and cannot read it then"
)
COMPOSED = "Python names the class in which __init__ stands"
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
PART = "the methods of documents come from several classes"
UNCONNECTED = "0.29.3 needs a connection for what sends nothing here"
STATE = "how a document keeps its state is its own affair"
ORDER = "_data starts with what was given, which the document took over"
DISPLAY = "get_x_display is a method of the class, as any other"
SORTED = "0.29.3 writes a value of a sorted list to the position it had before sorting"
SHARED = "0.29.3 shares an assigned container with its old place, and marks that alone"
SHARED_MARKS = "0.29.3 has a copy and its original share one list of changes"
OWNERLESS = "0.29.3 cannot change a list whose document is gone"
LOST_IN_COPIES = "0.29.3 forgets in a copy what changed in embedded documents"
SAVES_PARENT = "an embedded document has save(), which saves the document around it"
VALUES = "_data is a dict of its own kind where a document has other attributes"
SHARED_FIELD = "a field that classes share has a name of its own in each"
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
ORPHANS = "0.29.3 leaves files in GridFS that nobody can find any more"
GONE_SILENTLY = "0.29.3 reads nothing where a file, or a part of it, is gone"
WARNED_TWICE = "0.29.3 looks twice at the attributes of a file"
READ_ANEW = "0.29.3 has copies of a file share where it is read"
ONE_PROXY = "0.29.3 makes a proxy of a proxy"
ITEM_IN_PLACE = "0.29.3 has None for a file that is gone from a list, and refuses that"
NO_DOMAIN = "0.29.3 fails on an address without a domain instead of refusing it"
UNORDERED = "0.29.3 cannot show values of choices that have no order"
SEVERAL = "get_x_display shows several values, also where a field is to hold one"
UNTRACKED = "0.29.3 does not save what is changed inside of a DynamicField"
TEXTS = "compare_indexes is right for text indexes"
OWN_BACKGROUND = "0.29.3 cannot make an index that says itself that it is background"
NOT_REMEMBERED = "0.29.3 takes indexes that could not be made for made"
MADE_ONCE = "0.29.3 makes the indexes twice when ensure_indexes() is the first use"
FORGOTTEN_BY_ALL = "0.29.3 forgets the indexes of other classes of a dropped collection"
PURE_LIST = "0.29.3 makes indexes of the classes above and below to list the declared"
ASKED_FOR_ONE = "0.29.3 has all collections listed, to see if there is one"
SWITCHED = "replace() has the stored document stand for the new file already"
WORDLESS = "0.29.3 says nothing"
UNCHECKED_SERIES = "0.29.3 takes any collection that exists for the time series meant"
UNNAMED = "0.29.3 names no collection, because it is not remembered yet"
NO_GEO = "0.29.3 fails where it wants to say that a field takes no such operator"
CLASSLESS = "0.29.3 forgets that there may be no class, and so no field"
DICT_ITEM = "0.29.3 compares a list with the keys of a dict, instead of with the dict"
MAP_IN = "0.29.3 takes a map of lists, among several values, for an item of a list"
CACHED_IN = "0.29.3 compares ids of cached references with whole copies"
GENERIC_IN = (
    "generic references are found by DBRefs and ids, also several, and in lists"
)
LOST_CONDITION = "0.29.3 forgets, or muddles up, one of two conditions on one key"
NO_MEMBERS = "0.29.3 fails to look below a list of plain values"
PART_PK = "0.29.3 fails to say that an embedded document has no pk"
FRONT = "0.29.3 takes a number in front of a path for a position in nothing"
PULLED_AT = "0.29.3 takes positions that it pulls from for keys of what it pulls"
PULL_DEEP = "the server refuses either"
PULL_BOTH = "0.29.3 forgets the first of two conditions of a pull"
PUSH_ALL = "0.29.3 sends $pushAll, which servers know no more"
PIPELINE = "a list is a pipeline, also for transform.update()"
NAMED_AS_OPERATOR = "0.29.3 fails on a field that is named as an operator"
WHERE_COUNTS = "where() counts in pipelines and totals too, not only in find()"
TOLD = "collation, hint, comment and limits reach aggregate as well"
TOLD_CONCERN = "0.29.3 forgets the read concern in totals"
UNASKED = "none() asks for nothing"
ANY_ROW = "whether there is any document is asked without loading one"
OPTIONS_OF_IDS = "what a queryset is told reaches in_bulk() as well"
COUNT_COMMENT = "comments reach counts as well"
WHERE_COUNTED = "0.29.3 forgets where() when it counts"
FIRST_ROWS = "repr() loads the rows that it shows, and no hundred"
OWN_CURSORS = "each loop has a cursor of its own, until all documents are kept"
UNWOUND = "0.29.3 takes no list apart but the last, which it calls by its Python name"
CAST_KEYS = "JavaScript gives floats, which 0.29.3 cannot make integers of"

PLAIN_SENT = "what is sent of many new documents is a plain dict"
UNCHANGED = "none() changes nothing, and upserts nothing"
WHERE_KEPT = "0.29.3 forgets where() in update, modify and delete"
OPTIONS_SENT = "hint, collation and comment reach every command that takes them"
PIPELINES = "modify() takes a pipeline, as update() does"
NO_NUMBER = "limits that are no numbers are refused at once; 0.29.3 may ignore them"
IDS_ALONE = "in_bulk() forgets the text search with the other conditions"
CURRENT_DATE = "update(current_date__x=True) is new"
OTHER_KEY = "0.29.3 ignores it if modify() of a document names the key of another"
ROWS = "a queryset that is given is asked for its rows, which 0.29.3 takes as it is"
NO_ORDER = "modify() takes order_by() without keys"
ITERATORS = "insert() takes any iterable of documents"
FORMS = "documents are written whatever the form of rows"
CLASS_KEPT = (
    "0.29.3 makes an upserted document of a subclass one of the base class, and"
    " inserts by modify() without a class"
)
BASE_RULES = (
    "what refers to a document is seen to, whichever class it is deleted through"
)
DENIED_FIRST = "0.29.3 finds out about a denial when it has changed documents already"

UNSURE = "saving again after an insert of unknown outcome writes all, under the same id"
TRACKED_AT_ONCE = "a document notices changes as soon as it is stored"
SAVED_ONCE = "0.29.3 saves a document of a circle twice"
ID_TWICE = "0.29.3 names the id twice in the query of modify()"
TRANSLATED_TWICE = "0.29.3 takes the database's names in a Q for those of fields"
RELOADED_MARK = "0.29.3 marks what it reloaded, where the database calls it otherwise"
RELOADED_PATH = "0.29.3 loads what lies below a field, and leaves it at that"
WHEN_USED = "the indexes of another place are made when that is first used"

KEY_REFERENCE = "0.29.3 looks for a DBRef where an id is stored that is a reference"
LOADED_KEY = "0.29.3 loads a reference that is a primary key, to know the key"
TOLD_FIELD = "a field that is told to keep references keeps them in queries as well"
UNTYPED_KEPT = "no_dereference() holds for what a DynamicField refers to as well"
DYNAMIC_GENERIC = (
    "0.29.3 takes a generic reference in a dynamic document for a document"
)
RELOADED = "reload() fails on a DBRef that names a class"
ABSTRACT = "0.29.3 loads references to an abstract class only one by one"
PARTS_OF_MAPS = "embedded documents in maps are loaded as those in lists are"
DYNAMIC_TRACKED = "0.29.3 does not track the lists and dicts of a DynamicField"
GENERIC_DBREFS = "0.29.3 fails on a plain DBRef in a list of generic references"
NO_LIST = "0.29.3 iterates what is stored in place of a list"
NAMED_COLLECTION = "a DBRef without a class is of the class that its collection is of"
COPIED_CLASS = "0.29.3 drops the class from a copy that it brings up to date"
TOGETHER = "0.29.3 asks for fewer of them at a time"

EXPLAINED: tuple[Explanation, ...] = (
    Explanation("references_read", "save | sends", LOADED_KEY),
    Explanation("references_read", "* profile*", KEY_REFERENCE),
    Explanation("references_read", "field told, *", TOLD_FIELD),
    Explanation("references_read", "dynamic generic*", DYNAMIC_GENERIC),
    Explanation("references_read", "untyped kept*", UNTYPED_KEPT),
    Explanation("references_read", "untyped within", DYNAMIC_TRACKED),
    Explanation("references_read", "reload*", RELOADED),
    Explanation("references_containers", "*abstracts*", ABSTRACT),
    Explanation("references_containers", "* dynamic*", DYNAMIC_TRACKED),
    Explanation("references_containers", "*part_map*", PARTS_OF_MAPS),
    Explanation("references_containers", "new generics", GENERIC_DBREFS),
    Explanation("references_containers", "assigned generics", GENERIC_DBREFS),
    Explanation("references_containers", "mixed generics*", GENERIC_DBREFS),
    Explanation("references_containers", "no list read*", NO_LIST),
    Explanation(
        "references_containers", "things of a named collection*", NAMED_COLLECTION
    ),
    Explanation("references_containers", "dynamic *", DYNAMIC_GENERIC),
    Explanation("references_lazy", "sync_all | sends", COPIED_CLASS),
    Explanation("references_lazy", "copies synced", COPIED_CLASS),
    Explanation("references_lazy", "DeReference * | sends", TOGETHER),
    Explanation("writing_insert", "duplicate among", PLAIN_SENT),
    Explanation("writing_mended", "none: *", UNCHANGED),
    Explanation("writing_mended", "where: *", WHERE_KEPT),
    Explanation("writing_mended", "options: * | sends", OPTIONS_SENT),
    Explanation("writing_mended", "pipeline: *", PIPELINES),
    Explanation("writing_mended", "order: *", NO_ORDER),
    Explanation("writing_mended", "iterator: *", ITERATORS),
    Explanation("writing_mended", "form: *", FORMS),
    Explanation("writing_mended", "date: *", CURRENT_DATE),
    Explanation("writing_mended", "key: modify, same pk | sends", ID_TWICE),
    Explanation("writing_mended", "key: modify, other pk*", OTHER_KEY),
    Explanation("writing_mended", "queryset: *", ROWS),
    Explanation("writing_mended", "class: *", CLASS_KEPT),
    Explanation("writing_mended", "deny: *", DENIED_FIRST),
    Explanation("delete_rules", "inheritance, base | leaves", BASE_RULES),
    Explanation("queryset_builder", "*limit('x')", NO_NUMBER),
    Explanation("queryset_builder", "*limit(1.5)", NO_NUMBER),
    Explanation("queryset_builder", "*skip(-3)", NO_NUMBER),
    Explanation("queryset_builder", "*skip('x')", NO_NUMBER),
    Explanation("queryset_reading", "bool * | sends", ANY_ROW),
    Explanation("queryset_reading", "in_bulk none*", UNASKED),
    Explanation("queryset_reading", "in_bulk, text*", IDS_ALONE),
    Explanation("queryset_reading", "in_bulk * | sends", OPTIONS_OF_IDS),
    Explanation("queryset_reading", "index none*", UNASKED),
    Explanation("queryset_reading", "count* comment | sends", COUNT_COMMENT),
    Explanation("queryset_reading", "count* where*", WHERE_COUNTED),
    Explanation("queryset_reading", "repr batches | sends", FIRST_ROWS),
    Explanation("queryset_reading", "loop in a loop many | sends", OWN_CURSORS),
    Explanation("aggregation", "aggregate | none | sends", UNASKED, ours="[]"),
    Explanation("aggregation", "aggregate | empty slice | sends", UNASKED, ours="[]"),
    Explanation("aggregation", "sum | concern | sends", TOLD_CONCERN),
    Explanation("aggregation", "average | concern | sends", TOLD_CONCERN),
    Explanation("aggregation", "told * | aggregate | sends", TOLD),
    Explanation("aggregation", "where | sum*", WHERE_COUNTS),
    Explanation("aggregation", "where | aggregate*", WHERE_COUNTS),
    Explanation("aggregation", "sum of numbers*", UNWOUND),
    Explanation("aggregation", "sum of parts.*", UNWOUND),
    Explanation("aggregation", "average of numbers*", UNWOUND),
    Explanation("aggregation", "average of parts.*", UNWOUND),
    Explanation(
        "aggregation_javascript",
        "map_reduce | objects*",
        CAST_KEYS,
        oracle="raises ValueError: invalid literal for int() with base 10: *",
    ),
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
    Explanation("documents_embedded_lists", "* 18 save", SAVES_PARENT),
    Explanation("documents_embedded_lists", "owner is gone*", OWNERLESS),
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
    Explanation("documents_construct", "no dereference, fields", PER_INSTANCE),
    Explanation("documents_construct", "loose named as a method", PART),
    Explanation("documents_construct", "loose named _data", VALUES),
    Explanation("documents_copies", "*copy changed", LOST_IN_COPIES),
    Explanation("documents_copies", "*copy changed delta", LOST_IN_COPIES),
    Explanation("documents_copies", "deepcopy changed then change", LOST_IN_COPIES),
    Explanation("documents_copies", "pickle*changed*", LOST_IN_COPIES),
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
    Explanation("documents_indexes", "family list_indexes", UNCONNECTED),
    Explanation("documents_inheritance", "diamond*", DIAMOND),
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
    Explanation("documents_meta", "field owner", OWNER),
    Explanation("documents_misuse", "field shared by classes", SHARED_FIELD),
    Explanation("documents_registry", "_import_class*", IMPORTS),
    Explanation("documents_signals", "load *", ORDER),
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
        UNCONNECTED,
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
    ),
    Explanation("fields_geo", "* bases", GENERIC),
    Explanation("fields_geo", "point: mutated in place", UNSHARED),
    Explanation("fields_geo", "what was loaded is shared with the place", UNSHARED),
    Explanation(
        "fields_misuse",
        "*, 12 positional",
        INHERITED,
        ours="raises TypeError: _Number.__init__() takes *",
    ),
    Explanation(
        "fields_misuse",
        "FileField({}), 12 positional",
        INHERITED,
        ours="raises TypeError: BaseFileField.__init__() takes *",
    ),
    Explanation("fields_numbers", "* <- (1) | *", ONE_TUPLE),
    Explanation("fields_numbers", "IntField too many positional", INHERITED),
    Explanation("fields_stored", "sequence unbound", MISUSED),
    Explanation("fields_stored", "file validate *", MISUSED, ours="*, not * to the f*"),
    Explanation("fields_stored", "files of proxies*", FILE_IDS),
    Explanation("fields_stored", "file to_python <GridFSProxy*", ONE_PROXY),
    Explanation("fields_stored", "file to_python None", ITEM_IN_PLACE),
    Explanation("fields_stored", "* inherits", GENERIC),
    Explanation("fields_stored", "FileField('alias', 'fs', 5)", COMPOSED),
    Explanation(
        "fields_references",
        "ReferenceField(Root) <- DBRef(*",
        NAMES_COLLECTION,
        ours="*DBRef(*",
    ),
    Explanation(
        "references_read", "*to_mongo*", NAMES_COLLECTION, ours="*'abstract': DBRef(*"
    ),
    Explanation(
        "references_containers",
        "*to_mongo",
        NAMES_COLLECTION,
        ours="*'abstracts': [DBRef(*",
    ),
    Explanation("files", "a chunk gone | read", GONE_SILENTLY),
    Explanation("files", "attribute *", WARNED_TWICE, oracle="*warns *warns *"),
    Explanation("files", "delete by query | leaves", ORPHANS),
    Explanation("files", "gone | read", GONE_SILENTLY),
    Explanation("files", "loaded | copied", READ_ANEW),
    Explanation("images", "deleted", ORPHANS),
    Explanation("images", "document deleted", ORPHANS),
    Explanation("images", "replaced | told", ORPHANS),
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
    *(
        Explanation(
            program,
            "*",
            WORDLESS,
            oracle="raises *Error: ",
            ours=f"raises *Error: {ours}",
        )
        for program in ("documents_structures", "fields_references_book")
        for ours in ("*of the document that this lazy reference*", "* has no field *")
    ),
    Explanation(
        "references_lazy",
        "*",
        WORDLESS,
        oracle="raises *Error: ",
        ours="raises *Error: *",
    ),
    Explanation("files", "replace * | changed", SWITCHED, ours="[]"),
    Explanation(
        "collections_created",
        "* | as *",
        UNCHECKED_SERIES,
        ours="raises InvalidCollectionError: * as a time series as it already exists*",
    ),
    Explanation(
        "collections_created",
        "* | as *",
        UNNAMED,
        oracle='*Cannot create collection "None" as a capped collection*',
        ours='*Cannot create collection "*" as a capped collection*',
    ),
    Explanation(
        "collections_created",
        "* | sends*",
        ASKED_FOR_ONE,
        oracle="[{'listCollections': 1, 'cursor': {}, 'nameOnly': True}*",
        ours="[{'listCollections': 1, 'cursor': {}, 'filter': *, 'nameOnly': True}*",
    ),
    Explanation("collections_created", "bad {'max_size': 'x'} | made*", MISUSED),
    Explanation("collections_created", "bad {'timeseries': 'x'} | made*", MISUSED),
    Explanation("collections_prepared", "*text* | compared*", TEXTS),
    Explanation(
        "collections_prepared", "create_index open | compared", TEXTS, oracle="*_fts*"
    ),
    Explanation("collections_prepared", "own background | *", OWN_BACKGROUND),
    Explanation(
        "collections_prepared",
        "* | compared*",
        NOT_REMEMBERED,
        ours="raises OperationFailure: *",
    ),
    Explanation(
        "collections_prepared",
        "* | compared | sends",
        NOT_REMEMBERED,
        oracle="[{'listIndexes': *",
        ours="[{'createIndexes': *",
    ),
    Explanation("collections_prepared", "failing | second use*", NOT_REMEMBERED),
    Explanation("collections_prepared", "ensure_indexes | first use *", MADE_ONCE),
    Explanation(
        "collections_prepared", "family | Child used again | sends", FORGOTTEN_BY_ALL
    ),
    Explanation("collections_prepared", "list_indexes | first use | sends", PURE_LIST),
    Explanation(
        "transform_*",
        "query *",
        NO_GEO,
        oracle="raises AttributeError: *'_name'",
        ours="raises NotImplementedError: Geo method *",
    ),
    Explanation(
        "transform_*",
        "query None *",
        CLASSLESS,
        oracle="raises UnboundLocalError: *",
    ),
    Explanation("transform_*", "*=b'x'", BYTES, ours="*b'x'*"),
    *(
        Explanation("transform_query", f"query Whole | {name}*={kind}*", DICT_ITEM)
        for name in ("colours", "parts", "tags", "nums", "matrix", "dicts", "refs")
        for kind in ("{", "SON{")
    ),
    Explanation("transform_query", "query Whole | sorted*={*", DICT_ITEM),
    Explanation("transform_query", "query Whole | sorted*=SON{*", DICT_ITEM),
    Explanation("transform_query", "query Whole | points*={*", DICT_ITEM),
    Explanation("transform_query", "query Whole | points*=SON{*", DICT_ITEM),
    Explanation("transform_query", "query Whole | lists*={*", DICT_ITEM),
    Explanation("transform_query", "query Whole | lists*=SON{*", DICT_ITEM),
    Explanation("transform_query", "query Whole | lists__in=[{*", MAP_IN),
    Explanation("transform_query", "query Whole | generics*={*", DICT_ITEM),
    Explanation("transform_query", "query Whole | generics*=SON{*", DICT_ITEM),
    Explanation("transform_query", "query Whole | matrix*=[{*", DICT_ITEM),
    Explanation(
        "transform_query*",
        "query Whole | cached__*=[Target*",
        CACHED_IN,
        ours="{'cached._id': *[ObjectId*",
    ),
    Explanation(
        "transform_query*", "query Whole | generic*", GENERIC_IN, ours="*._ref*"
    ),
    Explanation(
        "transform_*",
        "*",
        NO_MEMBERS,
        oracle="raises InvalidQueryError: 'IntField' object has no attribute *",
    ),
    Explanation(
        "transform_*",
        "*",
        KEYS_OF_DYNAMIC,
        oracle="raises InvalidQueryError: 'str' object has no attribute 'name'",
    ),
    Explanation(
        "transform_*",
        "*",
        PART_PK,
        oracle="raises InvalidQueryError: 'id_field'",
        ours='raises InvalidQueryError: Cannot resolve field "pk"',
    ),
    Explanation(
        "transform_query_names",
        "query Whole | num__not__gt=1, num__not__lt=5",
        LOST_CONDITION,
    ),
    Explanation(
        "transform_query_names", "query Whole | part={*, part__ne=*", LOST_CONDITION
    ),
    Explanation(
        "transform_query_names", "query Whole | data={*, data__exists=*", LOST_CONDITION
    ),
    Explanation(
        "transform_query_names",
        "query Whole | __raw__=*{'i': {'$gt': 3}*, num__gt=5",
        LOST_CONDITION,
    ),
    Explanation("transform_query_names", "query Whole | 0*", FRONT),
    Explanation("transform_update", "update Whole | dec=*", NAMED_AS_OPERATOR),
    Explanation("transform_update", "update Whole | set=*", NAMED_AS_OPERATOR),
    Explanation("transform_update", "update Whole | push_all__tags__0=*", PUSH_ALL),
    Explanation("transform_update", "update Whole | pull__*__0*", PULLED_AT),
    Explanation("transform_update", "update Whole | pull__*__S*", PULLED_AT),
    Explanation("transform_update", "update Whole | pull__parts__deeps__*", PULL_DEEP),
    Explanation("transform_update", "update Whole | pull__*, pull__*", PULL_BOTH),
    Explanation(
        "transform_update",
        "update Whole | *__raw__=[*",
        PIPELINE,
        oracle="raises AttributeError: 'list' object has no attribute 'items'",
    ),
    Explanation(
        "documents_lookup",
        "* matrix.x",
        NO_MEMBERS,
        oracle="raises AttributeError: 'IntField' object has no attribute *",
    ),
    Explanation("fields_*", "*List*(* <- *{* | query *", DICT_ITEM),
    Explanation("fields_containers_read", "deep query in {*", MAP_IN),
    Explanation("fields_containers_read", "deep query all {*", MAP_IN),
    Explanation(
        "fields_containers_read",
        "*",
        NO_MEMBERS,
        oracle="raises AttributeError: 'IntField' object has no attribute *",
    ),
    Explanation("saving_documents", "too many members | 0*", UNSURE),
    Explanation("saving_documents", "tells of * | told", TRACKED_AT_ONCE),
    Explanation("saving_documents", "cascade in a circle | sends", SAVED_ONCE),
    Explanation("saving_documents", "cascade to an unsaved one", UNSAVED),
    Explanation(
        "saving_changes", "modify* | sends", ID_TWICE, oracle="*'$and': [{'_id'*"
    ),
    Explanation("saving_changes", "modify Q*", TRANSLATED_TWICE),
    Explanation(
        "saving_changes", "reload * | knows", RELOADED_MARK, ours="*, [], False)"
    ),
    Explanation("saving_changes", "reload path*", RELOADED_PATH),
    Explanation("saving_changes", "switch_* | sends", WHEN_USED),
    Explanation(
        "saving_changes",
        "update multi",
        "the message names the function",
        oracle="*multiple values for keyword argument 'multi'",
        ours="*multiple values for keyword argument 'multi'",
    ),
    Explanation(
        "sequences",
        "set text | sends",
        "0.29.3 stores as the last number what it then refuses, and counts no more",
    ),
    Explanation(
        "signals_sent",
        "*again",
        "the message names the function",
        oracle="*got multiple values for keyword argument*",
        ours="*got multiple values for keyword argument*",
    ),
)
