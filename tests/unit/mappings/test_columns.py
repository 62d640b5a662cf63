"""A page of records read column by column gives what each record gives by itself."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as MappingOf
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings import Mapping, MappingError, load

WRITTEN = """
tables:
  language: {nl_BE: nl, fr_FR: fr, true: en, "1": de}
records:
  customer:
    id: {path: id, required: true}
    name: [party.name, name]
    town: addresses.0.city
    language: {path: lang, table: language, otherwise: null}
    kind: {constant: company}
    country: {path: country, default: BE}
    direct_debit: {path: debit, default: false}
    active: {path: active, default: true}
  invoice:
    number: {path: [number, name], required: true}
    total: {path: total, required: true}
    issued_on: date
    due_on: [due, date]
    currency: {path: currency, table: language, default: EUR}
"""
TEXTS = st.sampled_from(
    ["", " ", "Peeters", " Peeters ", "De\nKroon", "a\r", "7", "true", "nl_BE", "2026-02-01", "1.50"]
)
PLAIN = TEXTS | st.sampled_from([None, False, True, 0, 1, 7, Decimal("1.5"), Decimal("1.50")])
VALUES = PLAIN | st.sampled_from([[], {}, [{"city": "Gent"}], {"name": "Janssens"}, 1.5])
NAMES = ("id", "name", "party", "addresses", "lang", "country", "debit", "active")
OF_INVOICES = ("number", "name", "total", "date", "due", "currency")


@pytest.fixture(scope="module")
def mapping(tmp_path_factory: pytest.TempPathFactory) -> Mapping:
    path = tmp_path_factory.mktemp("mapping") / "package.yaml"
    path.write_text(WRITTEN)
    return load(path)


def pages(names: tuple[str, ...]) -> st.SearchStrategy[list[dict[str, object]]]:
    """Pages as packages have them: a column holds one value, a few, or anything."""
    column = VALUES.map(st.just) | st.just(TEXTS) | st.just(PLAIN) | st.just(VALUES)
    return st.fixed_dictionaries(dict.fromkeys(names, column)).flatmap(
        lambda columns: st.lists(st.fixed_dictionaries({}, optional=columns), max_size=4)
    )


def same_either_way(mapping: Mapping, kind: str, page: list[dict[str, object]]) -> None:
    """Columns hold what the records give one by one, of the same types; or both tell the same error."""
    try:
        one_by_one = [mapping.read(kind, record) for record in page]
    except MappingError:
        with pytest.raises(MappingError):
            mapping.columns(kind)(page)
        return
    columns = mapping.columns(kind)(page)
    by_record: list[MappingOf[str, object]] = [
        {field: column[at] for field, column in columns.items()} for at in range(len(page))
    ]
    assert list(map(repr, by_record)) == list(map(repr, one_by_one))


@given(page=pages(NAMES))
def test_a_page_of_customers_reads_as_each_of_them(mapping: Mapping, page: list[dict[str, object]]) -> None:
    same_either_way(mapping, "customer", page)


@given(page=pages(OF_INVOICES))
def test_a_page_of_invoices_reads_as_each_of_them(mapping: Mapping, page: list[dict[str, object]]) -> None:
    same_either_way(mapping, "invoice", page)


@given(record=pages(OF_INVOICES).filter(bool).map(lambda page: page[0]))
def test_a_record_that_does_not_fit_is_told_in_the_same_words(mapping: Mapping, record: dict[str, object]) -> None:
    def told(read: Callable[[], object]) -> MappingError | None:
        try:
            read()
        except MappingError as error:
            return error
        return None

    alone = told(lambda: mapping.read("invoice", record))
    in_a_page = told(lambda: mapping.columns("invoice")([record]))
    assert str(in_a_page) == str(alone)


def test_true_does_not_pass_for_one(mapping: Mapping) -> None:
    page: list[dict[str, object]] = [{"id": "1", "lang": True}, {"id": "2", "lang": 1}]
    assert mapping.columns("customer")(page)["language"] == ["en", "de"]
