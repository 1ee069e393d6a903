"""Collections that are created with options: capped ones and time series."""

from battery import new_model
from server import connect, sent

from mongoengine import DateTimeField, StringField

db = connect()

CAPPED = (
    {"max_size": 10000},
    {"max_documents": 10},
    {"max_size": 5000, "max_documents": 7},
    {"max_size": 4096},
    {"max_size": 2**20, "max_documents": 2},
    {"max_size": None, "max_documents": 5},
    {"max_size": 10, "timeseries": {"timeField": "t"}},
    {"max_size": 1.5},
    {"max_size": 256},
    {"max_size": 257},
)
OTHERS = (
    *CAPPED,
    {},
    {"max_size": 10001},
    {"max_size": 4100},
    {"max_documents": 11},
)
BAD = (
    {"max_size": -1},
    {"max_size": 0},
    {"max_documents": 0},
    {"max_documents": "x"},
    {"max_documents": -1},
    {"max_size": "x"},
    {"timeseries": {"metaField": "a"}},
    {"timeseries": {"timeField": "t", "foo": 1}},
    {"timeseries": "x"},
    {"timeseries": {}},
    {"timeseries": None},
)
SERIES = (
    {"timeField": "t"},
    {"timeField": "nope"},
    {"timeField": "t", "metaField": "a"},
    {"timeField": "t", "metaField": "a", "granularity": "hours"},
    {"timeField": "t", "expireAfterSeconds": 10},
    {"timeField": "t", "granularity": "wrong"},
    {"timeField": "t", "bucketMaxSpanSeconds": 60, "bucketRoundingSeconds": 60},
    {"timeField": "t", "bucketMaxSpanSeconds": 60},
)


def model(collection, **meta):
    fields = {"a": StringField(), "t": DateTimeField(), "u": DateTimeField()}
    return new_model(**fields, meta={"collection": collection, **meta})


def prepared(cls):
    return cls._get_collection().name


def options_of(name):
    return db[name].options()


for meta in CAPPED:
    sent(f"capped {meta} | made", prepared, model("capped", **meta))
    sent(f"capped {meta} | options", options_of, "capped")
    for other in OTHERS:
        sent(f"capped {meta} | as {other}", prepared, model("capped", **other))
    sent(f"capped {meta} | dropped", model("capped").drop_collection)

for meta in BAD:
    sent(f"bad {meta} | made", prepared, model("bad", **meta))
    sent(f"bad {meta} | options", options_of, "bad")
    sent(f"bad {meta} | dropped", model("bad").drop_collection)

for series in SERIES:
    Model = model("series", timeseries=dict(series), indexes=["a"])
    sent(f"series {series} | made", prepared, Model)
    sent(f"series {series} | options", options_of, "series")
    for other in SERIES:
        Other = model("series", timeseries=dict(other))
        sent(f"series {series} | as {other}", prepared, Other)
    sent(f"series {series} | as capped", prepared, model("series", max_size=300))
    sent(f"series {series} | compared", Model.compare_indexes)
    sent(f"series {series} | dropped", Model.drop_collection)

db.plain.insert_one({})
for meta in (*CAPPED, {"timeseries": SERIES[0]}):
    sent(f"plain | as {meta}", prepared, model("plain", **meta))

Model = model("both", max_size=300, indexes=["a"])
sent("capped with index | made", prepared, Model)
sent("capped with index | compared", Model.compare_indexes)
sent("capped with index | dropped", Model.drop_collection)
sent("capped with index | made again", prepared, Model)
sent("capped with index | options", options_of, "both")
