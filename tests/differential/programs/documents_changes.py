"""What one mutation of a loaded document marks, and the delta it leads to."""

from bson import ObjectId
from recorder import step

from mongoengine import (
    DictField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentField,
    EmbeddedDocumentListField,
    GenericEmbeddedDocumentField,
    IntField,
    ListField,
    MapField,
    SortedListField,
    StringField,
)

ID = ObjectId("5" * 24)


class Inner(EmbeddedDocument):
    text = StringField(db_field="t")
    notes = ListField(StringField(), db_field="ns")
    info = DictField(db_field="i")


class Part(EmbeddedDocument):
    city = StringField(db_field="c")
    code = IntField()
    lines = ListField(StringField(), db_field="ls")
    inner = EmbeddedDocumentField(Inner, db_field="in")
    inners = ListField(EmbeddedDocumentField(Inner))
    more = MapField(EmbeddedDocumentField(Inner))


class Whole(Document):
    name = StringField(db_field="n")
    age = IntField(default=3)
    part = EmbeddedDocumentField(Part, db_field="p")
    parts = EmbeddedDocumentListField(Part, db_field="ps")
    plain_parts = ListField(EmbeddedDocumentField(Part))
    any_part = GenericEmbeddedDocumentField()
    tags = ListField(StringField(), db_field="tg")
    numbers = SortedListField(IntField())
    matrix = ListField(ListField(IntField()), db_field="mx")
    loose = ListField()
    data = DictField(db_field="d")
    counts = MapField(IntField(), db_field="ct")
    places = MapField(EmbeddedDocumentField(Part), db_field="pl")
    lists = MapField(ListField(IntField()))
    dicts = ListField(DictField())
    kept = StringField(null=True)


INNER = {"t": "x", "ns": ["n1", "n2"], "i": {"a": 1}}
PART = {
    "c": "city",
    "code": 1,
    "ls": ["l1", "l2"],
    "in": INNER,
    "inners": [INNER, INNER],
}
STORED = {
    "_id": ID,
    "n": "name",
    "age": 5,
    "p": PART,
    "ps": [PART, {"c": "second"}, {"c": "third"}],
    "plain_parts": [{"c": "a"}, {"c": "b", "ls": ["q"]}],
    "any_part": {"_cls": "Inner", "t": "any"},
    "tg": ["a", "b", "c", "b"],
    "numbers": [1, 2, 3],
    "mx": [[1, 2], [3], []],
    "loose": [1, {"k": [1, {"z": 1}]}, "s", [2, [3]]],
    "d": {"a": 1, "b": [1, {"c": {"e": 1}}], "f": {"g": {"h": 1}}, "dot": {}},
    "ct": {"x": 1, "y": 2},
    "pl": {"home": {"c": "h", "ls": ["1"]}, "work": {"c": "w"}},
    "lists": {"one": [1, 2], "two": []},
    "dicts": [{"a": 1}, {"b": [1]}],
    "kept": "k",
}


def load():
    return Whole._from_son(STORED)


UNCHANGED = load().to_mongo()


def tell(action):
    whole = load()
    result = action(whole)
    stored = whole.to_mongo()
    return (
        (
            result
            if not isinstance(result, (Document, EmbeddedDocument))
            else "a document"
        ),
        whole._get_changed_fields(),
        whole._delta(),
        {key: stored[key] for key in stored if stored[key] != UNCHANGED.get(key)},
        sorted(set(UNCHANGED) - set(stored)),
    )


def run(code):
    """Run one statement, or evaluate one expression, on a freshly loaded `w`."""

    def action(w):
        names = {"w": w, "load": load, "Part": Part, "Inner": Inner, "ID": ID}
        try:
            compiled = compile(code, "step", "eval")
        except SyntaxError:
            return exec(code, names)
        return eval(compiled, names)

    step(code, lambda: tell(action))


LIST_CODE = """
append('x') extend(['x','y']) extend([]) extend(iter('xy')) insert(0,'x') insert(-1,'x')
insert(99,'x') pop() pop(0) pop(-1) pop(99) remove('b') remove('zz') reverse() sort()
sort(reverse=True) sort(key=len) clear() index('b') count('b') copy() __len__()
__contains__('a') __eq__(['a']) __getitem__(0) __getitem__(slice(1,3)) __reversed__()
__iadd__(['x']) __imul__(2) __add__(['x']) __mul__(2) __repr__() __iter__()
"""
for call in LIST_CODE.split():
    run(f"w.tags.{call}")

STATEMENTS = """
w.tags[0] = 'x'
w.tags[0] = 'a'
w.tags[-1] = 'x'
w.tags[99] = 'x'
w.tags['a'] = 'x'
w.tags[1:3] = ['x', 'y', 'z']
w.tags[:] = []
w.tags[::2] = ['x', 'y']
w.tags[5:] = ['x']
del w.tags[0]
del w.tags[-1]
del w.tags[99]
del w.tags[1:]
del w.tags[:]
del w.tags[::2]
w.tags += ['x']
w.tags *= 2
w.tags *= 0
w.tags = w.tags + ['x']
w.tags = w.tags
w.tags = list(w.tags)
w.tags = ['a', 'b', 'c', 'b']
w.tags = ('a', 'b', 'c', 'b')
w.tags = []
w.tags = None
del w.tags
w.tags[0], w.tags[1] = w.tags[1], w.tags[0]
w.numbers.append(0)
w.numbers = [3, 1, 2]
w.numbers[0] = 9
w.matrix.append([9])
w.matrix[0] = [9]
w.matrix[0].append(9)
w.matrix[0][0] = 9
w.matrix[-1].append(9)
w.matrix[-3][-1] = 9
w.matrix[0][99] = 9
del w.matrix[0][0]
del w.matrix[0]
w.matrix[0] += [9]
w.matrix[1].clear()
w.matrix[0].sort(reverse=True)
w.matrix.pop(0).append(9)
w.matrix.reverse()
w.matrix = [[1, 2], [3], []]
w.matrix[0] = w.matrix[1]
w.loose[0] = 2
w.loose[1]['k'] = 5
w.loose[1]['k'].append(5)
w.loose[1]['k'][0] = 5
w.loose[1]['k'][1]['z'] = 5
w.loose[-3]['k'][-1]['z'] = 5
w.loose[3][1].append(4)
w.loose[3][1][0] = 4
w.loose[3][-1][-1] = 4
w.data['a'] = 2
w.data['a'] = 1
w.data['new'] = 2
w.data['x.y'] = 2
w.data['$x'] = 2
w.data[5] = 2
w.data['b'].append(2)
w.data['b'][0] = 2
w.data['b'][1]['c']['e'] = 2
w.data['b'][1]['c'] = 2
w.data['b'][-1]['c'] = 2
w.data['f']['g']['h'] = 2
w.data['f']['g']['new'] = 2
w.data['f']['g'] = {'h': 1}
w.data['f']['g'].clear()
w.data['dot']['x'] = {}
w.data['f'] = None
w.data['f'] = {}
w.data['new'] = {'a': {'b': []}}
del w.data['a']
del w.data['zz']
del w.data['f']['g']
w.data.clear()
w.data.pop('a')
w.data.pop('zz')
w.data.pop('zz', 5)
w.data.popitem()
w.data.setdefault('a', 5)
w.data.setdefault('zz', 5)
w.data.setdefault('zz')
w.data.setdefault('zz', []).append(1)
w.data.update({'a': 2})
w.data.update(a=2, q=3)
w.data.update({})
w.data.update([('a', 2)])
w.data |= {'a': 2}
w.data | {'a': 2}
w.data.get('a')
w.data.get('b').append(2)
w.data.get('zz', 5)
[v for v in w.data.values()][1].append(2)
[v for k, v in w.data.items()][1].append(2)
w.data.copy()
w.data.fromkeys('ab')
list(w.data)
w.data['f']['g'].pop('h')
w.data['f'].setdefault('zz', {})['y'] = 1
w.data['f'].update(g=1)
w.data = {}
w.data = None
w.data = {'a': 1}
w.data = w.data
del w.data
w.counts['x'] += 1
w.counts['new'] = 1
del w.counts['x']
w.counts.clear()
w.lists['one'].append(3)
w.lists['one'][0] = 3
w.lists['three'] = [1]
w.lists['two'] = None
w.dicts[0]['a'] = 2
w.dicts[1]['b'].append(2)
w.dicts[1]['b'][0] = 2
w.dicts[0] = {}
w.dicts[0].clear()
w.dicts.append({'z': 1})
w.dicts.append({'z': 1}) or w.dicts[-1].update(z=2)
w.name = 'other'
w.name = 'name'
w.name = None
w.name = ''
del w.name
w.age = 5
w.age = 5.0
w.age = '5'
w.age = 0
w.age = None
del w.age
w.kept = None
w.kept = ''
del w.kept
w.id = ID
w.pk = ID
w.pk = None
w.part.city = 'x'
w.part.city = 'city'
w.part.city = None
del w.part.city
w.part['city'] = 'x'
w.part.code = 2
w.part.lines.append('x')
w.part.lines[0] = 'x'
w.part.lines = []
w.part.lines = None
del w.part.lines[:]
w.part.inner.text = 'y'
w.part.inner.text = None
w.part.inner.notes.append('y')
w.part.inner.notes[1] = 'y'
w.part.inner.info['a'] = 2
w.part.inner.info['z'] = {'q': 1}
w.part.inner.info.clear()
w.part.inner = None
w.part.inner = Inner(text='new')
w.part.inner = Inner()
w.part.inners[0].text = 'y'
w.part.inners[-1].text = 'y'
w.part.inners[1].notes[0] = 'y'
w.part.inners.append(Inner(text='new'))
w.part.inners.pop()
w.part.inners = []
w.part.more['k'] = Inner(text='k')
w.part.unknown = 5
w.part = None
w.part = Part()
w.part = Part(city='new')
w.part = w.part
w.part = {'city': 'dict'}
del w.part
w.any_part.text = 'y'
w.any_part = Part(city='any')
w.any_part = None
w.parts[0].city = 'x'
w.parts[-1].city = 'x'
w.parts[2].lines.append('x')
w.parts[0].lines[1] = 'x'
w.parts[0].inner.text = 'y'
w.parts[0].inners[1].notes.append('y')
w.parts[0].inners[1].info['n'] = 1
w.parts[1].inner = Inner(text='new')
w.parts[0] = Part(city='new')
w.parts[0] = w.parts[0]
w.parts.append(Part(city='new'))
w.parts.insert(0, Part(city='new'))
w.parts.extend([Part()])
w.parts.pop()
w.parts.pop(0).city
w.parts.remove(w.parts[1])
w.parts.reverse()
w.parts.sort(key=lambda p: p.city)
w.parts.clear()
w.parts += [Part(city='new')]
w.parts[0:2] = []
del w.parts[1]
del w.parts[:]
w.parts = []
w.parts = None
w.parts = [Part(city='new')]
w.parts.create(city='made')
w.parts.create(nope=1)
w.parts.filter(city='second').update(code=9)
w.parts.update(code=9)
w.parts.filter(city='second').delete()
w.parts.delete()
w.parts.exclude(city='second').delete()
w.parts.filter(city='zz').delete()
w.parts.get(city='third').code
setattr(w.parts.get(city='third'), 'code', 4)
setattr(w.parts.first(), 'code', 4)
w.parts.filter(city='second')[0].lines.append('x')
w.plain_parts[0].city = 'x'
w.plain_parts[1].lines.append('x')
w.plain_parts[-1].lines[0] = 'x'
w.plain_parts.append(Part(city='new'))
w.plain_parts.append({'city': 'new'})
w.plain_parts[0] = None
w.places['home'].city = 'x'
w.places['home'].lines.append('x')
w.places['home'].lines[0] = 'x'
w.places['home'].inner = Inner(text='y')
w.places['work'] = Part(city='new')
w.places['new'] = Part(city='new')
w.places['new'] = {'city': 'new'}
w.places['home'] = None
del w.places['home']
w.places.pop('home').city
w.places.get('home').city = 'x'
setattr(w.places.get('home'), 'city', 'x')
w.places.update(home=Part(city='u'))
w.places.setdefault('work', Part()).city
w.places.clear()
setattr(list(w.places.values())[0], 'city', 'v')
[setattr(p, 'code', 7) for p in w.parts]
[setattr(p, 'code', 7) for p in w.parts[1:]]
[p.lines.append('i') for p in reversed(w.parts)]
w.tags, w.loose = w.loose, w.tags
w.part.lines = w.tags; w.tags.append('x')
w.part.lines = w.tags; w.part.lines.append('x')
x = w.tags; w.tags = []; x.append('y')
x = w.tags; w.tags = ['q']; w.tags.append('r'); x.append('y')
x = w.matrix[0]; del w.matrix[0]; x.append(9)
x = w.matrix[1]; w.matrix.insert(0, [0]); x.append(9)
x = w.matrix[1]; w.matrix.pop(0); x.append(9)
x = w.data['f']; w.data['z'] = x; x['q'] = 1
x = w.data['f']; w.data['z'] = x; w.data['z']['q'] = 1
x = w.data.pop('f'); x['q'] = 1
w.data['z'] = w.tags; w.data['z'].append('q')
p = w.part; w.part = None; p.city = 'z'
p = w.part; w.part = Part(); p.city = 'z'; w.part.city = 'y'
w.places['new'] = w.part; w.part.city = 'z'
w.places['new'] = w.part; w.places['new'].city = 'z'
w.parts.append(w.part); w.part.city = 'z'
w.parts.append(w.part); w.parts[-1].lines.append('z')
p = w.parts[2]; w.parts.pop(0); p.city = 'z'
p = w.parts[2]; w.parts.reverse(); p.city = 'z'
p = w.parts.pop(); p.city = 'z'
w.parts[0], w.parts[1] = w.parts[1], w.parts[0]; w.parts[0].city = 'z'
w.part = w.parts[0]; w.part.city = 'z'
w.part.inner = w.part.inners[0]; w.part.inner.text = 'z'
o = load(); w.part = o.part; w.part.city = 'z'
o = load(); w.tags = o.tags; w.tags.append('z')
o = load(); w.parts = o.parts; w.parts[0].city = 'z'
o = load(); w.data = o.data; w.data['f']['g']['h'] = 'z'
w.part = Part(city='n'); w.part.lines.append('x'); w.part.inner = Inner(); w.part.inner.text = 'y'
w.part.inner = Inner(); w._clear_changed_fields(); w.part.inner.text = 'y'
w.parts.append(Part()); w._clear_changed_fields(); w.parts[-1].city = 'y'
w.parts.append(Part()); w._clear_changed_fields(); w.parts[-1].lines.append('y')
w.places['n'] = Part(); w._clear_changed_fields(); w.places['n'].lines.append('y')
w.data['n'] = {'a': {}}; w._clear_changed_fields(); w.data['n']['a']['b'] = 1
w.tags = ['n']; w._clear_changed_fields(); w.tags.append('y')
w.matrix.append([1]); w._clear_changed_fields(); w.matrix[-1].append(2)
w.name = 'a'; w.name = 'name'
w.tags.append('x'); w.tags.pop()
w.tags[0] = 'x'; w.tags.append('y')
w.tags.append('y'); w.tags[0] = 'x'
w.data['f']['g']['h'] = 2; w.data['f'] = 3
w.data['f'] = {'g': {'h': 2}}; w.data['f']['g']['h'] = 3
w.data['f']['g']['h'] = 2; w.data['f']['g']['i'] = 2; del w.data['f']['g']
w.part.city = 'z'; w.part = None
w.part = Part(city='z'); w.part.city = 'y'
w.parts[0].city = 'z'; del w.parts[0]
w.parts[1].city = 'z'; w.parts.append(Part())
w.places['home'].city = 'z'; del w.places['home']
w.name = 'x'; w.tagsx = 1; w.part.x = 2
w._mark_as_changed('name')
w._mark_as_changed('n')
w._mark_as_changed('nope')
w._mark_as_changed('p.c')
w._mark_as_changed('')
w._mark_as_changed(None)
w._clear_changed_fields()
w.part._mark_as_changed('city')
w.part._get_changed_fields()
w.part._delta()
w.parts[0]._clear_changed_fields()
w.tags._mark_as_changed()
w.tags._mark_as_changed(1)
w.data._mark_as_changed('a')
w._changed_fields.append('name')
"""
for code in STATEMENTS.strip().splitlines():
    run(code)
