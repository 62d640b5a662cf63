"""A mapping reads a package's record into our fields and writes it back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from mappings import Mapping, MappingError, MappingFileError, load

NESTED = """
tables:
  language:
    nl_BE: nl
    nl_NL: nl
    fr_FR: fr
  yes:
    J: true
    N: false
records:
  customer:
    id: {path: id, required: true}
    name: [party.full_name, party.name]
    town: addresses.0.city
    language: {path: lang, table: language, otherwise: null}
    kind: {constant: company}
    country: {path: party.country, default: BE}
    iban: party.account
    direct_debit: {path: debit, table: yes}
    active: {path: active, default: true}
  invoice:
    total: amounts.total
    issued_on: date
    currency: {path: currency, table: language}
  mandate:
    reference: {path: identification, required: true}
    language: {path: party.lang, table: language}
    state: {path: state, constant: requested}
    signed_on: signature_date
"""


@pytest.fixture
def base(tmp_path: Path) -> Path:
    path = tmp_path / "package.yaml"
    path.write_text(NESTED)
    return path


@pytest.fixture
def mapping(base: Path) -> Mapping:
    return load(base)


def own(folder: Path, text: str) -> Path:
    path = folder / "own.yaml"
    path.write_text(text)
    return path


def test_paths_tables_constants_and_defaults_are_read(mapping: Mapping) -> None:
    record = {
        "id": 17,
        "party": {"name": "Bakkerij Peeters ", "account": "be71 0961 2345 6769"},
        "addresses": [{"city": "Gent"}],
        "lang": "NL_be",
        "debit": "j",
    }
    assert mapping.read("customer", record) == {
        "id": "17",
        "name": "Bakkerij Peeters",
        "town": "Gent",
        "language": "nl",
        "kind": "company",
        "country": "BE",
        "iban": "BE71096123456769",
        "direct_debit": True,
        "active": True,
    }


def test_the_first_path_that_holds_something_counts(mapping: Mapping) -> None:
    party = {"full_name": "  ", "name": "Peeters"}
    assert mapping.read("customer", {"id": 1, "party": party})["name"] == "Peeters"
    party = {"full_name": "Peeters & Zn", "name": "Peeters"}
    assert mapping.read("customer", {"id": 1, "party": party})["name"] == "Peeters & Zn"


def test_false_is_no_value_except_where_yes_or_no_is_asked(mapping: Mapping) -> None:
    read = mapping.read("customer", {"id": 1, "party": {"name": False, "account": False}, "active": False})
    assert read["name"] is None
    assert read["iban"] is None
    assert read["active"] is False


def test_a_path_that_leads_nowhere_gives_the_default(mapping: Mapping) -> None:
    read = mapping.read("customer", {"id": 1, "party": None, "addresses": [], "lang": "es"})
    assert (read["name"], read["town"], read["language"], read["country"]) == (None, None, None, "BE")


def test_an_amount_stays_exact_and_a_binary_float_is_refused(mapping: Mapping) -> None:
    read = mapping.read("invoice", {"amounts": {"total": "1234.10"}, "date": datetime(2026, 1, 2, 23, 59, tzinfo=UTC)})
    assert str(read["total"]) == "1234.10"
    assert read["issued_on"] == date(2026, 1, 2)
    assert mapping.read("invoice", {"amounts": {"total": Decimal("0.30")}})["total"] == Decimal("0.30")
    with pytest.raises(MappingError) as caught:
        mapping.read("invoice", {"amounts": {"total": 0.3}})
    assert (caught.value.field, caught.value.path, caught.value.seen) == ("total", "amounts.total", "0.3")


def test_a_missing_required_field_names_field_and_path(mapping: Mapping) -> None:
    with pytest.raises(MappingError) as caught:
        mapping.read("customer", {})
    error = caught.value
    assert (error.kind, error.field, error.path, error.seen) == ("customer", "id", "id", "")
    assert error.remedy == "Fill in id."


def test_a_value_that_no_table_knows_is_named_with_the_table(mapping: Mapping) -> None:
    with pytest.raises(MappingError) as caught:
        mapping.read("customer", {"id": 1, "debit": "maybe"})
    assert caught.value.seen == "maybe"
    assert "tables.yes" in caught.value.remedy


def test_a_wrong_iban_is_masked(mapping: Mapping) -> None:
    with pytest.raises(MappingError) as caught:
        mapping.read("customer", {"id": 1, "party": {"account": "BE71096123456760"}})
    assert caught.value.seen == "BE71*********760"
    assert "096123456" not in str(caught.value)


def test_writing_goes_the_other_way(mapping: Mapping) -> None:
    ours = {"reference": "M-1", "language": "nl", "state": "signed", "signed_on": date(2026, 1, 2)}
    assert mapping.write("mandate", ours) == {
        "identification": "M-1",
        "party": {"lang": "nl_BE"},
        "state": "requested",
        "signature_date": date(2026, 1, 2),
    }


def test_what_we_do_not_have_is_left_out_not_emptied(mapping: Mapping) -> None:
    assert mapping.write("mandate", {"reference": "M-1"}) == {"identification": "M-1", "state": "requested"}


def test_writing_names_what_is_missing_or_unknown(mapping: Mapping) -> None:
    with pytest.raises(MappingError, match="no reference"):
        mapping.write("mandate", {})
    with pytest.raises(MappingError, match="language means 'de'"):
        mapping.write("mandate", {"reference": "M-1", "language": "de"})


def test_an_own_file_changes_one_field_and_leaves_the_rest(base: Path, tmp_path: Path) -> None:
    text = "extends: package\nrecords:\n  customer:\n    language: taal\n    kind: party.kind\n    town:\n"
    mapping = load(base, own(tmp_path, text))
    read = mapping.read("customer", {"id": 1, "taal": "fr_FR", "party": {"name": "A", "kind": "person"}})
    assert read["language"] == "fr"  # the table of the base still holds
    assert read["kind"] == "person"  # a path ends the constant
    assert read["name"] == "A"
    assert "town" not in read  # an empty rule takes the field away


def test_an_own_table_entry_is_added_and_is_the_one_written_back(base: Path, tmp_path: Path) -> None:
    mapping = load(base, own(tmp_path, "tables:\n  language:\n    vlaams: nl\n    fr_FR: nl\n"))
    assert mapping.read("customer", {"id": 1, "lang": "Vlaams"})["language"] == "nl"
    assert mapping.read("customer", {"id": 1, "lang": "fr_FR"})["language"] == "nl"
    assert mapping.read("customer", {"id": 1, "lang": "nl_NL"})["language"] == "nl"
    assert mapping.write("mandate", {"reference": "M", "language": "nl"})["party"] == {"lang": "vlaams"}


def test_an_own_file_may_add_a_field_that_the_noun_has(base: Path, tmp_path: Path) -> None:
    mapping = load(base, own(tmp_path, "records:\n  customer:\n    email: party.mail\n"))
    assert mapping.read("customer", {"id": 1, "party": {"mail": "a@b.be"}})["email"] == "a@b.be"


def test_flat_paths_are_columns_with_their_dots(tmp_path: Path) -> None:
    path = tmp_path / "flat.yaml"
    path.write_text("paths: flat\nrecords:\n  customer:\n    id: Cust. no.\n")
    assert load(path).read("customer", {"Cust. no.": "7"}) == {"id": "7"}
    assert load(path).write("customer", {"id": "7"}) == {"Cust. no.": "7"}


def test_a_reader_for_known_columns_looks_at_no_others(mapping: Mapping) -> None:
    read = mapping.reader("customer", columns=["id", "party.name"])
    party = {"full_name": "not looked at", "name": "Peeters"}
    assert read({"id": 1, "party": party})["name"] == "Peeters"


def test_a_reader_takes_another_converter_for_a_type(mapping: Mapping) -> None:
    read = mapping.reader("invoice", convert={"decimal": lambda value: Decimal(str(value).replace(",", "."))})
    assert read({"amounts": {"total": "1,50"}})["total"] == Decimal("1.50")


WRONG = [
    ("recrods: {}", 1, 1, "recrods", "Did you mean records?"),
    ("records:\n  custommer:\n    id: x\n", 2, 3, "records.custommer", "Did you mean customer?"),
    ("records:\n  customer:\n    nmae: x\n", 3, 5, "records.customer.nmae", "Did you mean name?"),
    ("records:\n  customer:\n    name: {pth: x}\n", 3, 12, "records.customer.name.pth", "Did you mean path?"),
    (
        "records:\n  customer:\n    name:\n      path: x\n      type: txt\n",
        5,
        7,
        "records.customer.name.type",
        "Did you mean text?",
    ),
    (
        "records:\n  customer:\n    name: {path: x, table: langauge}\n",
        3,
        21,
        "records.customer.name.table",
        "Did you mean language?",
    ),
    ("records:\n  customer:\n    name: 7\n", 3, 5, "records.customer.name", "Write a path"),
    ("records:\n  customer:\n    name: {required: 1}\n", 3, 12, "records.customer.name.required", "true or false"),
    ("records:\n  customer:\n    email: {type: text}\n", 3, 5, "records.customer.email", "comes from nowhere"),
    ("records:\n  customer: name\n", 2, 3, "records.customer", "needs keys"),
    ("records: customer\n", 1, 1, "records", "belong names"),
    ("tables:\n  language:\n    nl: [a]\n", 3, 5, "tables.language.nl", "one value"),
    ("paths: dotted", 1, 1, "paths", "no style of paths"),
    ("extends: tryton", 1, 1, "extends", "Write extends: package."),
    ("records:\n  - customer\n", 1, 1, "records", "belong names"),
    ("- records\n", 1, 1, "", "left edge"),
    ("records:\n  customer: {name: x\n", 3, 1, "", "not YAML"),
    ("extends: package\nextends: package\n", 2, 1, "", "duplicate key"),
]


@pytest.mark.parametrize(("text", "line", "column", "key", "message"), WRONG)
def test_a_wrong_file_is_told_by_line_column_key_and_remedy(
    base: Path, tmp_path: Path, text: str, line: int, column: int, key: str, message: str
) -> None:
    path = own(tmp_path, text)
    with pytest.raises(MappingFileError) as caught:
        load(base, path)
    error = caught.value
    assert (error.place.file, error.place.line, error.place.column, error.key) == (str(path), line, column, key)
    assert message in str(error)


def test_a_file_that_is_not_there_or_not_text_is_told(base: Path, tmp_path: Path) -> None:
    with pytest.raises(MappingFileError, match="can't be read"):
        load(base, tmp_path / "none.yaml")
    path = tmp_path / "own.yaml"
    path.write_bytes(b"\xff\xfe\x00\xd8garbage\x00")
    with pytest.raises(MappingFileError, match="UTF-8"):
        load(base, path)


def test_an_empty_own_file_changes_nothing(base: Path, tmp_path: Path) -> None:
    assert load(base, own(tmp_path, "")).rules("customer") == load(base).rules("customer")


@pytest.mark.parametrize("name", ["files"])
def test_the_built_in_mappings_load(name: str) -> None:
    assert {"customer", "invoice", "mandate", "payment", "return"} <= set(load(name).kinds)


def test_a_table_may_keep_what_it_does_not_know(tmp_path: Path) -> None:
    path = tmp_path / "keep.yaml"
    path.write_text(
        "tables:\n  country:\n    Belgium: BE\n"
        "records:\n  customer:\n    country: {path: land, table: country, keep_unknown: true}\n"
    )
    mapping = load(path)
    assert mapping.read("customer", {"land": "belgium"}) == {"country": "BE"}
    assert mapping.read("customer", {"land": "FR"}) == {"country": "FR"}


def test_a_path_leads_through_lists_and_not_through_text(mapping: Mapping) -> None:
    def town(addresses: object) -> object:
        return mapping.read("customer", {"id": 1, "addresses": addresses})["town"]

    assert town(({"city": "Gent"},)) == "Gent"
    assert town([]) is None
    assert town("Gent") is None
    assert town(7) is None
    assert town({"0": {"city": "Gent"}}) == "Gent"


def test_what_is_missing_is_told_with_all_its_paths(tmp_path: Path) -> None:
    path = tmp_path / "paths.yaml"
    path.write_text("records:\n  customer:\n    name: {path: [a.b, c], required: true}\n")
    with pytest.raises(MappingError, match=r"Fill in a\.b or c"):
        load(path).read("customer", {"a": {"b": " "}, "c": False})
