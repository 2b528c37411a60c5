"""Families of documents made to be expensive: each grows with one number. The first operation is the one asked."""

from collections.abc import Callable, Iterable, Mapping

from tests.edge.stand import CODE

Family = Callable[[int], str]
_CODE = f'"{CODE}"'
_ESCAPED = '"' + "".join(f"\\u{ord(character):04x}" for character in CODE) + '"'
_KIND = "kind name description"
_FIELD = "name description isDeprecated deprecationReason"
_TYPES = f"types {{ {_KIND} fields {{ {_FIELD} }} }}"
_ENUMERATED = f"types {{ {_KIND} fields {{ {_FIELD} type {{ {_KIND} enumValues {{ {_FIELD} }} }} }} }}"
_ONE_TYPE = f'__type(name: "Entity") {{ {_KIND} fields {{ {_FIELD} }} }}'


def _many(make: Callable[[int], str], count: int, between: str = " ") -> str:
    return between.join(map(make, range(count)))


def _entity(inside: str, fragments: Iterable[str] = ()) -> str:
    return f"{{ entity(uscc: {_CODE}) {{ {inside} }} }} {' '.join(fragments)}"


def _by_codes(codes: str) -> str:
    return f"entitiesByUscc(usccs: [{codes}]) {{ name }}"


def _fragment(number: int, inside: str, on: str = "Entity") -> str:
    return f"fragment F{number} on {on} {{ {inside} }}"


def _spread(inside: Callable[[int], str], count: int) -> str:
    """One spread of each of so many fragments."""
    return _entity(_many(lambda n: f"...F{n}", count), [_fragment(n, inside(n)) for n in range(count)])


def _chain(inside: Callable[[int], str], count: int) -> str:
    """Fragments of which each spreads the next."""
    last = _fragment(count, "name")
    return _entity("...F0", [*(_fragment(n, inside(n + 1)) for n in range(count)), last])


def _cycle(count: int) -> str:
    """Fragments of which each spreads all others, and an operation that begins with the last."""
    others = [" ".join(f"...F{other}" for other in range(count) if other != n) for n in range(count)]
    return _entity(f"...F{count - 1}", [_fragment(n, inside or "name") for n, inside in enumerate(others)])


def _nested(count: int) -> str:
    inside = "name"
    for _ in range(count - 1):
        inside = f"type {{ fields {{ {inside} }} }}"
    return f"{{ __schema {{ types {{ fields {{ {inside} }} }} }} }}"


def _operations(each: str, count: int, *, shared: str) -> str:
    return _many(lambda n: f"query Q{n}{each}", count) + " " + shared


def _usages(count: int) -> str:
    used = f"fragment F on Query {{ {_by_codes('$a ' * count)} }}"
    return _operations("($a: USCC!) { ...F }", 40, shared=used)


FRAGMENTS: Mapping[str, Family] = {
    "fragment cycle": _cycle,
    "fragment fan": lambda n: _chain(lambda m: f"...F{m} ...F{m}", n),
    "fragment fan of objects": lambda n: _chain(lambda m: f"division {{ name }} ...F{m} ...F{m}", n),
    "fragment chain": lambda n: _chain(lambda m: f"...F{m}", n),
    "fragment chain, inline": lambda n: _chain(lambda m: f"... {{ ... {{ ...F{m} }} }}", n),
    "fragments, same field": lambda n: _spread(lambda m: "licences { kind }", n),
    "fragments, own alias": lambda n: _spread(lambda m: f"a{m}: name", n),
    "fragments, nested pairs": lambda n: _spread(lambda m: "creditStatus { ratings { grade } lists { name } }", n),
    "fragment unused, repeating": lambda n: f"{{ __typename }} {_fragment(0, 'licences { kind } ' * n)}",
    "fragment shadowed, repeating": lambda n: _entity(
        "...F0", [_fragment(0, "penalties { facts } " * n), _fragment(0, "name")]
    ),
}
FIELDS: Mapping[str, Family] = {
    "leaf repeated": lambda n: _entity("name " * n),
    "list repeated": lambda n: _entity("licences { kind } " * n),
    "list repeated elsewhere": lambda n: "query A { __typename } query B " + _entity("licences { kind } " * n),
    "lists repeated three deep": lambda n: _entity(
        "creditStatus { ratings { grade } lists { name } honours { name } } " * n
    ),
    "long arguments repeated": lambda n: "{" + f"entitiesByUscc(usccs: [{_CODE * 20}]) {{ name }} " * n + "}",
    "last argument differs": lambda n: _entity("licences(first: 1) { kind } " * n + "licences(first: 2) { kind }"),
    "aliases": lambda n: _entity(_many(lambda m: f"a{m}: name", n)),
    "roots": lambda n: f"{{ {_many(lambda m: f'a{m}: entity(uscc: {_CODE}) {{ name kind status }}', n)} }}",
    "names nobody knows": lambda n: _entity(_many(lambda m: f"x{m}", n)),
    "inline fragments": lambda n: _entity("... on Entity { name } " * n),
    "inline fragments, nested": lambda n: _entity("... { " * n + "name" + " }" * n),
    "directives on fields": lambda n: _entity("name @include(if: true) " * n),
    "directives on one field": lambda n: "{ __typename " + "@skip(if: false) " * n + "}",
    "directives nobody knows": lambda n: "{ __typename " + _many(lambda m: f"@a{m}", n) + " }",
}
VALUES: Mapping[str, Family] = {
    "arguments nobody knows": lambda n: f"{{ entity({_many(lambda m: f'a{m}: 1', n)}) {{ name }} }}",
    "list of codes": lambda n: f"{{ {_by_codes(_CODE * n)} }}",
    "list of codes, escaped": lambda n: f"{{ {_by_codes(_ESCAPED * n)} }}",
    "list of codes, thrice": lambda n: f"{{ {_many(lambda m: f'a{m}: {_by_codes(_CODE * n)}', 3)} }}",
    "list of numbers for codes": lambda n: f"{{ {_by_codes('1 ' * n)} }}",
    "list of orders": lambda n: "{ entities(orderBy: [" + "{name: ASC} " * n + "]) { totalCount } }",
    "list of wrong enumerations": lambda n: "{ entities(orderBy: [" + "{name: X} " * n + "]) { totalCount } }",
    "list in lists": lambda n: f"{{ {_by_codes('[' * n + ']' * n)} }}",
    "criteria repeated": lambda n: "{ entities(filter: {" + "kind: OTHER " * n + "}) { totalCount } }",
    "criteria nobody knows": lambda n: f"{{ entities(filter: {{{_many(lambda m: f'a{m}: 1', n)}}}) {{ totalCount }} }}",
    "variables unused": lambda n: f"query A({_many(lambda m: f'$a{m}: Int', n)}) {{ __typename }}",
    "variable with a list": lambda n: (
        f"query A($c: [USCC!] = [{_CODE * n}]) {{ entitiesByUscc(usccs: $c) {{ name }} }}"
    ),
    "usages in forty operations": _usages,
    "operations": lambda n: _operations(" { __typename }", n, shared=""),
}
INTROSPECTION: Mapping[str, Family] = {
    "types in types": _nested,
    "schema, aliased": lambda n: f"{{ {_many(lambda m: f'a{m}: __schema {{ {_TYPES} }}', n)} }}",
    "enumerations of fields, aliased": lambda n: f"{{ __schema {{ {_many(lambda m: f'a{m}: {_ENUMERATED}', n)} }} }}",
    "descriptions, aliased": lambda n: f"{{ __schema {{ types {{ {_many(lambda m: f'a{m}: description', n)} }} }} }}",
    "a type by its name, aliased": lambda n: f"{{ {_many(lambda m: f'a{m}: {_ONE_TYPE}', n)} }}",
    "catalogue, aliased": lambda n: f"{{ {_many(lambda m: f'a{m}: catalogue {{ field label owner }}', n)} }}",
}
TEXTS: Mapping[str, Family] = {
    "a name": lambda n: f"{{ {'a' * n} }}",
    "spaces": lambda n: "{" + " " * n + "__typename }",
    "commas": lambda n: "{" + "," * n + "__typename }",
    "lines": lambda n: "{" + "\n" * n + "__typename }",
    "a comment": lambda n: "{ #" + "x" * n + "\n__typename }",
    "comments": lambda n: "{" + "#\n" * n + "__typename }",
    "a text": lambda n: f'{{ __type(name: "{"x" * n}") {{ name }} }}',
    "a text of escapes": lambda n: '{ __type(name: "' + "\\u4e2d" * n + '") { name } }',
    "a block": lambda n: '{ __type(name: """' + "\n" * n + '""") { name } }',
    "a block of escapes": lambda n: '{ __type(name: """' + '\\"""' * n + '""") { name } }',
    "a number": lambda n: f"{{ entities(first: {'1' * n}) {{ totalCount }} }}",
    "a fraction": lambda n: f"{{ entities(first: 1.{'1' * n}) {{ totalCount }} }}",
    "blocks that never end": lambda n: '\\"""\n' * n,
    "texts that never end": lambda n: '"a\n' * n,
    "names run together": lambda n: "{ a" + "...F" * n + " }",
    "brackets": lambda n: "{ a " * n + "}" * n,
}
FAMILIES: Mapping[str, Family] = {**FRAGMENTS, **FIELDS, **VALUES, **INTROSPECTION, **TEXTS}
