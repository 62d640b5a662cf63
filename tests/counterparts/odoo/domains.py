"""Domains: prefix notation with & | !, and what its terms mean on each version."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from tests.counterparts.odoo.errors import value_error
from tests.counterparts.odoo.fields import (
    AMOUNTS,
    X2MANY,
    Field,
    Row,
    accept,
    parse_as_postgresql,
    parse_strictly,
)

if TYPE_CHECKING:
    from tests.counterparts.odoo.env import Env
    from tests.counterparts.odoo.models.base import Model

Test = Callable[[Row], bool]
Domain = Sequence[Any]
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
}
PATTERNS = frozenset({"like", "ilike", "not like", "not ilike", "=like", "=ilike"})
OPERATORS = frozenset({*COMPARISONS, *PATTERNS, "=", "!=", "in", "not in", "child_of", "parent_of", "any", "not any"})


def matching(env: Env, model: Model, domain: Domain, enough: int | None = None) -> list[int]:
    """Ids of the records that a domain finds, in order of id; archived ones only where they are asked for.

    `enough` ends the search early.
    """
    terms = with_active(env, model, domain)
    test = compiled(env, model, terms)
    rows = env.database.tables.of[model.name].rows
    found = (id_ for id_ in candidates(env, model, terms) if test(rows[id_]))
    return list(found if enough is None else islice(found, enough))


def with_active(env: Env, model: Model, domain: Domain) -> list[Any]:
    """The domain with `active = True` added, as the server does unless context or domain speak of it."""
    terms = list(domain or [])
    speaks = any(isinstance(term, list | tuple) and term and term[0] == "active" for term in terms)
    if "active" not in model.fields or speaks or not env.context.get("active_test", True):
        return terms
    return [*terms, ("active", "=", True)]


def candidates(env: Env, model: Model, terms: Domain) -> Iterable[int]:
    """The ids worth testing: narrowed by terms on id or an indexed field that must hold in any case."""
    table = env.database.tables.of[model.name]
    if any(term in ("|", "!") for term in terms if isinstance(term, str)):
        return list(table.ids)
    for term in terms:
        if isinstance(term, str):
            continue
        name, operator, value = term
        if name == "id" and operator == ">" and isinstance(value, int):
            return table.above(value)
        if operator in {"=", "in"} and value is not False:
            values = value if isinstance(value, list | tuple) else [value]
            if name == "id":
                return sorted({id_ for id_ in values if id_ in table.rows})
            if table.is_indexed(name) and all(isinstance(one, int) and one is not False for one in values):
                return table.where(name, values)
    return list(table.ids)


def compiled(env: Env, model: Model, domain: Domain) -> Test:
    """A test for rows."""
    terms = list(domain)
    tests: list[Test] = []
    while terms:
        tests.append(_next(env, model, terms))
    if len(tests) == 1:
        return tests[0]
    return lambda row: all(test(row) for test in tests)


def _next(env: Env, model: Model, terms: list[Any]) -> Test:
    """Take one tree from the front."""
    if not terms:
        raise value_error("Domain is not well formed: a term is missing")
    term = terms.pop(0)
    if term == "!":
        inner = _next(env, model, terms)
        return lambda row: not inner(row)
    if term in ("&", "|"):
        left, right = _next(env, model, terms), _next(env, model, terms)
        if term == "&":
            return lambda row: left(row) and right(row)
        return lambda row: left(row) or right(row)
    if not isinstance(term, list | tuple) or len(term) != 3:
        raise value_error(f"Invalid leaf {term!r}")
    return leaf(env, model, str(term[0]), str(term[1]), term[2])


def leaf(env: Env, model: Model, path: str, operator: str, value: Any) -> Test:
    """The test of one term."""
    if operator == "<>":
        operator = "!="
    if operator not in OPERATORS:
        raise value_error(f"Invalid operator {operator!r} in domain term {[path, operator, value]!r}")
    name, _, rest = path.partition(".")
    field = model.fields.get(name)
    if field is None:
        place = "leaf" if env.version < 19 else "condition"
        raise value_error(f"Invalid field {model.name}.{name} in {place} ({path!r}, {operator!r}, {value!r})")
    if rest:
        return _linked(env, model, field, [(rest, operator, value)])
    if operator in {"any", "not any"}:
        found = _linked(env, model, field, value)
        return found if operator == "any" else lambda row: not found(row)
    value = model.searched(env, name, value)
    get = getter(env, model, field)
    if field.type in X2MANY:
        return _many(env, field, get, operator, value)
    if operator in {"child_of", "parent_of"}:
        return _hierarchy(env, model, field, get, operator, value)
    if field.type == "many2one" and (isinstance(value, str) or operator in PATTERNS):
        return _named(env, field, get, operator, value)
    return _plain(env, model, field, get, operator, value)


def getter(env: Env, model: Model, field: Field) -> Callable[[Row], Any]:
    """How a field's value is taken from a row."""
    name, compute = field.name, field.compute
    if compute is not None:
        return lambda row: compute(env, row)
    if field.type == "one2many":
        table = env.database.tables.of[field.relation]
        return lambda row: tuple(table.where(field.inverse, [row["id"]]))
    if field.company_dependent:
        company = env.company
        return lambda row: (row.get(name) or {}).get(company)
    return lambda row: row.get(name)


def _linked(env: Env, model: Model, field: Field, domain: Domain) -> Test:
    """A term on records behind a link: archived ones count behind a many2one."""
    if not field.relation:
        raise value_error(f"Invalid field {model.name}.{field.name}: it leads to no other model")
    inner = env.with_context(active_test=False) if field.type == "many2one" else env
    found = set(matching(inner.sudo(), env[field.relation], domain))
    get = getter(env, model, field)
    if field.type in X2MANY:
        return lambda row: not found.isdisjoint(get(row) or ())
    return lambda row: get(row) in found


def _many(env: Env, field: Field, get: Callable[[Row], Any], operator: str, value: Any) -> Test:
    negative = operator in {"!=", "not in", "not like", "not ilike"}
    if value is False:
        return (lambda row: bool(get(row))) if negative else (lambda row: not get(row))
    if isinstance(value, str):
        wanted = set(_ids_by_name(env, field.relation, operator.removeprefix("not ").replace("!=", "="), value))
    else:
        wanted = set(value if isinstance(value, list | tuple) else [value])
        if operator == "child_of":
            wanted = descendants(env, env[field.relation], wanted)
    if negative:
        return lambda row: wanted.isdisjoint(get(row) or ())
    return lambda row: not wanted.isdisjoint(get(row) or ())


def _named(env: Env, field: Field, get: Callable[[Row], Any], operator: str, value: Any) -> Test:
    negative = operator in {"!=", "not like", "not ilike"}
    positive = operator.removeprefix("not ").replace("!=", "=")
    wanted = set(_ids_by_name(env, field.relation, positive, value))
    return (lambda row: get(row) not in wanted) if negative else (lambda row: get(row) in wanted)


def _ids_by_name(env: Env, model: str, operator: str, text: str) -> Iterable[int]:
    matches = _pattern(operator, text) if operator in PATTERNS else lambda name: name == text
    target = env[model]
    return (id_ for id_, row in env.database.tables.of[model].rows.items() if matches(target.display_name(env, row)))


def descendants(env: Env, model: Model, roots: Iterable[int]) -> set[int]:
    """Records with all that lie below them by parent_id."""
    table = env.database.tables.of[model.name]
    found: set[int] = set()
    waiting = list(roots)
    while waiting:
        id_ = waiting.pop()
        if id_ not in found:
            found.add(id_)
            waiting.extend(table.where("parent_id", [id_]))
    return found


def _hierarchy(env: Env, model: Model, field: Field, get: Callable[[Row], Any], operator: str, value: Any) -> Test:
    target = env[field.relation] if field.relation else model
    roots = set(value if isinstance(value, list | tuple) else [value])
    if operator == "child_of":
        wanted = descendants(env, target, roots)
    else:
        rows = env.database.tables.of[target.name].rows
        wanted = set()
        while roots:
            wanted |= roots
            roots = {rows[id_]["parent_id"] for id_ in roots if rows[id_].get("parent_id")} - wanted
    return lambda row: get(row) in wanted


def _plain(env: Env, model: Model, field: Field, get: Callable[[Row], Any], operator: str, value: Any) -> Test:
    if operator in PATTERNS:
        return _like(get, operator, value)
    if field.type == "datetime":
        get = _seconds(get) if env.version >= 19 else get
    if operator in {"in", "not in"}:
        values = value if isinstance(value, list | tuple) else [value]
        return _among(get, [_right(env, model, field, one) for one in values], operator == "in", field)
    right = _right(env, model, field, value)
    if operator in {"=", "!="}:
        return _among(get, [right], operator == "=", field)
    if right is None:
        return lambda row: False
    compare = COMPARISONS[operator]

    def holds(row: Row) -> bool:
        left = get(row)
        return left is not None and compare(left, right)

    return holds


def _seconds(get: Callable[[Row], datetime | None]) -> Callable[[Row], datetime | None]:
    """19 compares instants by whole seconds; 17 and 18 compare the microseconds that are stored."""

    def cut(row: Row) -> datetime | None:
        value = get(row)
        return value and value.replace(microsecond=0)

    return cut


def _among(get: Callable[[Row], Any], values: Iterable[Any], positive: bool, field: Field) -> Test:
    wanted = set(values)
    if field.type == "boolean" and False in wanted:
        wanted.add(None)
    return (lambda row: get(row) in wanted) if positive else (lambda row: get(row) not in wanted)


def _right(env: Env, model: Model, field: Field, value: Any) -> Any:
    """The right side of a comparison as the left side is stored."""
    if value is None or value is False:
        return False if field.type == "boolean" else None
    if field.type == "datetime":
        return parse_as_postgresql(str(value)) if env.version < 19 else parse_strictly(str(value))
    if field.type in AMOUNTS or field.type in {"date", "integer", "boolean", "many2one_reference"}:
        return accept(field, value, model.name)
    if field.name == "id" or field.type == "many2one":
        return int(value)
    return value


def _like(get: Callable[[Row], Any], operator: str, value: Any) -> Test:
    negative = operator.startswith("not ")
    matches = _pattern(operator.removeprefix("not "), str(value or ""))

    def holds(row: Row) -> bool:
        left = get(row)
        if left is None or left is False:
            return negative
        return matches(str(left)) is not negative

    return holds


def _pattern(operator: str, text: str) -> Callable[[str], bool]:
    """like and ilike find a part, =like and =ilike the whole; % and _ stand for any text and any sign."""
    parts = {"%": ".*", "_": "."}
    inner = "".join(parts.get(sign, re.escape(sign)) for sign in text)
    flags = re.DOTALL | (re.IGNORECASE if operator.endswith("ilike") else 0)
    found = re.compile(inner if operator.startswith("=") else f".*{inner}.*", flags)
    return lambda left: found.fullmatch(left) is not None
