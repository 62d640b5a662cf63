"""pain.008 files are written right, whole, and the same every time."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from lxml import etree

from bankfiles.pain008 import (
    Address,
    Amendment,
    BrokenFile,
    Collection,
    Creditor,
    Header,
    NothingToWrite,
    ReferenceIssuer,
    Scheme,
    SequenceType,
    SeveralFiles,
    StructuredReference,
    Written,
    check,
    write,
    write_files,
    writer,
)
from bankfiles.pain008.v001_08 import Pain008V08
from bankfiles.profile import NEUTRAL, AddressMode, BankProfile
from bankfiles.profiles import load_profile, profile_names

Make = Callable[..., Collection]
SchemaOf = Callable[[str], etree.XMLSchema]

SMNDA = Amendment(same_mandate_new_account=True)


def written(header: Header, *collections: Collection, profile: BankProfile = NEUTRAL) -> tuple[Written, str]:
    out = io.BytesIO()
    result = write(header, collections, out, profile=profile)
    return result, out.getvalue().decode()


def texts(document: str, path: str) -> list[str]:
    """The texts at a path of local names anywhere in the document."""
    root = etree.fromstring(document.encode())
    steps = "".join(f"/*[local-name()='{tag}']" for tag in path.split("/"))
    found = cast("list[etree._Element]", root.xpath(f"/{steps}"))
    return [element.text or "" for element in found]


def codes(result: Written) -> list[str]:
    return [finding.code for finding in result.findings]


EVERYTHING = {
    "debtor_bic": "DEUTDEFF",
    "debtor_address": Address("DE", "Berlin", "10115", "Invalidenstr.", "5", ("2. Stock",)),
    "instruction_id": "INSTR-1",
    "ultimate_debtor_name": "Ultimate Debtor",
    "purpose": "OTHR",
    "electronic_signature": "E-SIGN <1> & more",
    "amendment": Amendment("OLD-MANDATE", "Old Name", "DE98ZZZ09999999999", "BE68539007547034"),
}


@pytest.mark.parametrize("version", ["pain.008.001.08", "pain.008.001.02"])
def test_a_collection_with_every_field_is_valid_and_clean(
    version: str, header: Header, make: Make, creditor: Creditor, schema: SchemaOf
) -> None:
    full = replace(
        creditor,
        ultimate_name="Holding NV",
        lei="529900T8BM49AURSDO55",
        address=Address("BE", "Gent", "9000", "Korenmarkt", "1"),
    )
    collections = [
        make(1, creditor=full, category_purpose="SUPP", **EVERYTHING),
        make(2, remittance=StructuredReference("090933755493", ReferenceIssuer.BBA), amendment=SMNDA),
        make(3, remittance=StructuredReference("RF18539007547034", ReferenceIssuer.ISO)),
        make(4, remittance=None, sequence_type=SequenceType.FINAL),
        make(5, sequence_type=SequenceType.ONE_OFF),
        make(6, sequence_type=SequenceType.FIRST),
    ]
    result, document = written(
        replace(header, initiating_party_id="0403199702"),
        *collections,
        profile=replace(NEUTRAL, version=version, initiating_party_id_issuer="KBO-BCE"),
    )
    schema(version).assertValid(etree.fromstring(document.encode()))
    assert codes(result) == (["LEI_LEFT_OUT"] if version.endswith("02") else [])
    assert list(check(document.encode())) == []
    assert texts(document, "AmdmntInfDtls/OrgnlMndtId") == ["OLD-MANDATE"]
    assert texts(document, "OrgnlDbtrAcct/Id/Othr/Id") == ["SMNDA"]
    assert texts(document, "OrgnlCdtrSchmeId/Id/PrvtId/Othr/Id") == ["DE98ZZZ09999999999"]
    assert texts(document, "Tp/Issr") == ["BBA", "ISO"]
    assert texts(document, "ElctrncSgntr") == ["E-SIGN <1> & more"]
    assert texts(document, "CdtrAgt/FinInstnId/BICFI" if version.endswith("08") else "CdtrAgt/FinInstnId/BIC")


def test_two_writes_of_the_same_input_are_byte_equal(header: Header, make: Make) -> None:
    collections = [make(n) for n in range(50)]
    first, second = written(header, *collections), written(header, *collections)
    assert first == second
    assert first[0].sha256 == hashlib.sha256(first[1].encode()).hexdigest()


def test_path_and_stream_get_the_same_bytes_and_nothing_else_is_left(
    header: Header, make: Make, tmp_path: Path
) -> None:
    path = tmp_path / "out.xml"
    result = write(header, [make()], path)
    assert path.read_bytes().decode() == written(header, make())[1]
    assert (result.count, result.total) == (1, Decimal("120.50"))
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.xml"]


def test_totals_are_exact_on_file_and_batch(header: Header, make: Make) -> None:
    collections = [make(n, amount=Decimal("0.10"), collection_date=date(2026, 12, 1 + n % 2)) for n in range(1, 31)]
    result, document = written(header, *collections)
    assert (result.count, result.total) == (30, Decimal("3.00"))
    assert [(batch.count, str(batch.total)) for batch in result.batches] == [(15, "1.50"), (15, "1.50")]
    assert texts(document, "GrpHdr/CtrlSum") == ["3.00"]
    assert texts(document, "PmtInf/NbOfTxs") == ["15", "15"]


def test_a_batch_is_one_date_sequence_creditor_and_purpose(header: Header, make: Make, creditor: Creditor) -> None:
    other = replace(creditor, iban="BE15539000000030")
    collections = [
        make(1),
        make(2, collection_date=date(2026, 12, 2)),
        make(3, sequence_type=SequenceType.FIRST),
        make(4, creditor=other),
        make(5, category_purpose="SUPP"),
        make(6),
        make(7, creditor=replace(creditor)),
    ]
    result, document = written(header, *collections)
    assert [batch.count for batch in result.batches] == [3, 1, 1, 1, 1]
    assert [batch.batch_id for batch in result.batches] == [f"MSG-2026-1-{n}" for n in range(1, 6)]
    assert texts(document, "PmtInfId") == [batch.batch_id for batch in result.batches]
    assert texts(document, "EndToEndId")[:3] == ["INV-2026-1", "INV-2026-6", "INV-2026-7"]


def test_the_batch_of_each_collection_is_told_when_asked_for(header: Header, make: Make) -> None:
    collections = [make(1), make(2, collection_date=date(2026, 12, 2))]
    result = write(header, collections, io.BytesIO(), keep_batch_of=True)
    assert result.batch_of == {"INV-2026-1": "MSG-2026-1-1", "INV-2026-2": "MSG-2026-1-2"}
    assert write(header, collections, io.BytesIO()).batch_of == {}


def test_a_long_message_id_gives_batch_ids_of_35_characters_that_differ(header: Header, make: Make) -> None:
    ids = set()
    for end in "ab":
        result, _ = written(replace(header, message_id="M" * 34 + end), make())
        ids.add(result.batches[0].batch_id)
    assert len(ids) == 2
    assert all(len(batch_id) == 35 for batch_id in ids)


def test_an_error_keeps_its_collection_out_and_the_rest_goes_on(header: Header, make: Make) -> None:
    result, document = written(header, make(1, debtor_iban="DE89370400440532013001"), make(2))
    assert texts(document, "EndToEndId") == ["INV-2026-2"]
    assert result.count == 1
    (finding,) = result.findings
    assert (finding.code, finding.severity, finding.position) == ("IBAN_INVALID", "error", 1)
    assert finding.end_to_end_id == "INV-2026-1"
    assert "DE89370400440532013001" not in finding.message


def test_a_closed_day_is_moved_to_the_next_open_one_and_told(header: Header, make: Make) -> None:
    result, document = written(header, make(collection_date=date(2026, 11, 29)))
    assert codes(result) == ["COLLECTION_DATE_CLOSED"]
    assert texts(document, "ReqdColltnDt") == ["2026-11-30"]
    assert result.batches[0].collection_date == date(2026, 11, 30)


def test_texts_are_adapted_and_told_and_identifiers_never_cut(header: Header, make: Make) -> None:
    long_name = "A" * 75
    result, document = written(
        header,
        make(1, debtor_name="Zoë Çelik"),
        make(2, debtor_name=long_name, remittance="x " * 100),
        make(3, end_to_end_id="E" * 36),
    )
    assert texts(document, "Dbtr/Nm") == ["Zoe Celik", "A" * 70]
    assert codes(result) == ["CHARACTERS", "TEXT_CUT", "TEXT_CUT", "END_TO_END_ID_INVALID"]
    assert [finding.position for finding in result.findings] == [1, 2, 2, 3]


def test_the_creditor_is_adapted_once_and_told_once(header: Header, make: Make, creditor: Creditor) -> None:
    accented = replace(creditor, name="Café Ünal", ultimate_name="Größe AG")
    result, document = written(
        header, make(1, creditor=accented), make(2, creditor=accented), profile=replace(NEUTRAL, german_umlauts=True)
    )
    assert codes(result) == ["CHARACTERS", "CHARACTERS"]
    assert texts(document, "Cdtr/Nm") == ["Cafe Uenal"]
    assert texts(document, "UltmtCdtr/Nm") == ["Groesse AG"]
    assert len(result.batches) == 1


@pytest.mark.parametrize(
    ("mode", "lines", "town"),
    [(AddressMode.NONE, [], []), (AddressMode.STRUCTURED, [], ["Berlin"]), (AddressMode.HYBRID, ["Hof"], ["Berlin"])],
)
def test_the_bank_decides_which_address_goes_along(
    header: Header, make: Make, mode: AddressMode, lines: list[str], town: list[str]
) -> None:
    address = Address("DE", "Berlin", lines=("Hof",))
    result, document = written(header, make(debtor_address=address), profile=replace(NEUTRAL, address_mode=mode))
    assert texts(document, "Dbtr/PstlAdr/AdrLine") == lines
    assert texts(document, "Dbtr/PstlAdr/TwnNm") == town
    assert codes(result) == (["ADDRESS_LINES_LEFT_OUT"] if mode is AddressMode.STRUCTURED else [])


def test_outside_the_eea_the_address_goes_along_whatever_the_mode(header: Header, make: Make) -> None:
    swiss = make(debtor_iban="CH9300762011623852957", debtor_address=Address("CH", "Bern"))
    _, document = written(header, swiss, profile=replace(NEUTRAL, address_mode=AddressMode.NONE))
    assert texts(document, "Dbtr/PstlAdr/Ctry") == ["CH"]


@pytest.mark.parametrize(("booking", "told"), [(True, ["true"]), (False, ["false"]), (None, [])])
def test_batch_booking_is_the_banks(header: Header, make: Make, booking: bool | None, told: list[str]) -> None:
    _, document = written(header, make(), profile=replace(NEUTRAL, batch_booking=booking))
    assert texts(document, "BtchBookg") == told
    assert len(texts(document, "PmtInfId")) == 1


def test_core_and_b2b_never_share_a_file(header: Header, make: Make, tmp_path: Path) -> None:
    collections = [make(1), make(2, scheme=Scheme.B2B), make(3)]
    with pytest.raises(SeveralFiles, match="write_files") as caught:
        write(header, collections, tmp_path / "x.xml")
    assert caught.value.count == 2
    assert list(tmp_path.iterdir()) == []
    core, b2b = write_files(header, collections, tmp_path)
    assert (core.message_id, b2b.message_id) == ("MSG-2026-1", "MSG-2026-1.2")
    assert (core.count, b2b.count) == (2, 1)
    assert {entry.name for entry in tmp_path.iterdir()} == {core.name, b2b.name}
    for one in (core, b2b):
        assert list(check(tmp_path / one.name)) == []


@pytest.mark.parametrize(
    ("limits", "files", "batches"),
    [
        ({"max_transactions_per_batch": 4}, 1, [4, 4, 2]),
        ({"max_transactions_per_file": 4}, 3, [4, 4, 2]),
        ({"max_transactions_per_batch": 4, "one_batch_per_file": True}, 3, [4, 4, 2]),
        ({"max_transactions_per_batch": 2, "max_transactions_per_file": 5}, 3, [2, 2, 2, 2, 2]),
        ({"max_bytes_per_file": 8_000}, 2, [8, 2]),
    ],
)
def test_the_banks_limits_split_batches_and_files(
    header: Header, make: Make, tmp_path: Path, limits: dict[str, object], files: int, batches: list[int]
) -> None:
    profile = replace(NEUTRAL, **limits)  # type: ignore[arg-type]
    result = write_files(header, [make(n) for n in range(10)], tmp_path, profile=profile, keep_batch_of=True)
    assert len(result) == files
    assert [batch.count for one in result for batch in one.batches] == batches
    assert sum(len(one.batch_of) for one in result) == 10
    for one in result:
        path = tmp_path / one.name
        assert list(check(path, profile)) == []
        assert path.stat().st_size <= (profile.max_bytes_per_file or 10**9)


@pytest.mark.parametrize("name", profile_names())
def test_every_bank_profile_gives_files_that_its_own_check_finds_clean(
    name: str, header: Header, make: Make, tmp_path: Path
) -> None:
    profile = load_profile(name)
    (one,) = write_files(header, [make(n) for n in range(5)], tmp_path, profile=profile)
    assert list(check(tmp_path / one.name, profile)) == []


def test_nothing_to_write_is_told_with_every_reason(header: Header, make: Make, tmp_path: Path) -> None:
    with pytest.raises(NothingToWrite, match="1 errors") as caught:
        write(header, [make(amount=Decimal(0))], tmp_path / "x.xml")
    assert [finding.code for finding in caught.value.findings] == ["AMOUNT_RANGE"]
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(NothingToWrite):
        write(header, [], io.BytesIO())


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"message_id": "a//b"}, "slash"),
        ({"message_id": "M" * 36}, "36 characters"),
        ({"initiating_party": "  "}, "no name"),
        ({"initiating_party_id": "a_b"}, "'_'"),
        ({"created_at": datetime(2026, 11, 27)}, "time zone"),  # noqa: DTZ001
    ],
)
def test_a_header_that_no_bank_takes_is_refused(
    header: Header, make: Make, changes: dict[str, object], word: str
) -> None:
    with pytest.raises(ValueError, match=word):
        written(replace(header, **changes), make())  # type: ignore[arg-type]


def test_the_initiating_party_is_adapted_and_told(header: Header, make: Make) -> None:
    result, document = written(replace(header, initiating_party="Café"), make())
    assert texts(document, "InitgPty/Nm") == ["Cafe"]
    assert codes(result) == ["CHARACTERS"]


def test_the_banks_message_id_rule_holds(header: Header, make: Make) -> None:
    profile = replace(NEUTRAL, message_id_pattern=r"FSDD .{1,30}")
    with pytest.raises(ValueError, match="FSDD"):
        written(header, make(), profile=profile)
    assert written(replace(header, message_id="FSDD 1"), make(), profile=profile)[0].count == 1


def test_a_version_that_cannot_be_written_is_refused(header: Header, make: Make) -> None:
    with pytest.raises(ValueError, match=r"pain\.008\.001\.08"):
        written(header, make(), profile=replace(NEUTRAL, version="pain.008.003.02"))


def test_after_the_cut_off_the_file_counts_as_handed_in_the_next_day(header: Header, make: Make) -> None:
    monday_after_noon = replace(header, created_at=datetime(2026, 11, 30, 11, 30, tzinfo=UTC))  # 12:30 in Brussels
    tuesday = make(collection_date=date(2026, 12, 1))
    assert written(monday_after_noon, tuesday)[0].count == 1
    with pytest.raises(NothingToWrite) as caught:
        written(monday_after_noon, tuesday, profile=replace(NEUTRAL, cut_off=time(12)))
    assert [finding.code for finding in caught.value.findings] == ["COLLECTION_DATE_TOO_EARLY"]


class _FullDisk(io.BytesIO):
    def write(self, data: object) -> int:
        raise OSError("disk full")


def test_a_file_that_fails_on_the_way_leaves_nothing_behind(header: Header, make: Make, tmp_path: Path) -> None:
    def broken() -> Iterator[Collection]:
        yield make(1)
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        write(header, broken(), tmp_path / "x.xml")
    with pytest.raises(OSError, match="disk full"):
        write(header, [make()], cast("BinaryIO", _FullDisk()))
    assert list(tmp_path.iterdir()) == []


def test_what_the_schema_refuses_is_never_handed_over(
    header: Header, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Wrong(Pain008V08):
        def transaction(self, collection: Collection) -> str:
            return super().transaction(collection).replace("<Nm>", "<Name>").replace("</Nm>", "</Name>")

    monkeypatch.setitem(writer.LAYOUTS, "pain.008.001.08", Wrong)
    with pytest.raises(BrokenFile, match="Name"):
        write(header, [make()], tmp_path / "x.xml")
    assert list(tmp_path.iterdir()) == []


def test_no_file_of_several_appears_before_all_are_right(
    header: Header, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class WrongForB2B(Pain008V08):
        def transaction(self, collection: Collection) -> str:
            built = super().transaction(collection)
            return built.replace("<Dbtr>", "<Debtor>") if collection.scheme is Scheme.B2B else built

    monkeypatch.setitem(writer.LAYOUTS, "pain.008.001.08", WrongForB2B)
    with pytest.raises(BrokenFile):
        write_files(header, [make(1), make(2, scheme=Scheme.B2B)], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_collections_are_taken_in_order_and_once_and_memory_holds_few(header: Header, make: Make) -> None:
    alive = 0
    most = 0

    class Counted:
        def __init__(self, number: int) -> None:
            nonlocal alive, most
            alive += 1
            most = max(most, alive)
            self.one = make(number)

        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    def source() -> Iterator[Collection]:
        for number in range(2000):
            yield Counted(number).one

    assert write(header, source(), io.BytesIO()).count == 2000
    assert most < 10


def test_many_small_batches_cost_no_file_each(header: Header, make: Make, creditor: Creditor) -> None:
    collections = [make(n, creditor=replace(creditor, ultimate_name=f"Member {n % 300}")) for n in range(900)]
    result, document = written(header, *collections)
    assert len(result.batches) == 300
    assert all(batch.count == 3 for batch in result.batches)
    assert len(texts(document, "EndToEndId")) == 900
