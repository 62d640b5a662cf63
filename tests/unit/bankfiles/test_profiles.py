"""Bank profiles."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from bankfiles.pain008.writer import LAYOUTS
from bankfiles.profile import NEUTRAL, AddressMode
from bankfiles.profiles import InvalidProfile, load_profile, profile_names, read_profile


def test_the_promised_banks_have_a_profile() -> None:
    assert set(profile_names()) == {
        "abn-amro", "belfius", "bnp-paribas-fortis", "cfonb", "dk-gbic4", "ing-be", "ing-nl", "kbc", "neutral",
        "rabobank",
    }  # fmt: skip


@pytest.mark.parametrize("name", profile_names())
def test_each_profile_can_be_written_for_and_says_where_each_value_comes_from(name: str) -> None:
    profile = load_profile(name)
    assert profile.name == name
    assert profile.title
    assert profile.version in LAYOUTS
    assert dict(profile.sources)
    assert all(source for _, source in profile.sources)


def test_the_neutral_profile_is_the_scheme_itself() -> None:
    loaded = load_profile("neutral")
    assert loaded.sources
    for field in ("version", "batch_booking", "address_mode", "lead_days_core", "max_days_ahead", "cut_off"):
        assert getattr(loaded, field) == getattr(NEUTRAL, field)


def test_a_profile_of_your_own_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "name: mine\ntitle: My bank\n"
        'cut_off: {value: "14:30", source: contract}\n'
        "address_mode: {value: structured, source: contract}\n"
        "batch_booking: {value: null, source: contract}\n"
        "max_transactions_per_batch: {value: 500, source: contract}\n"
    )
    profile = read_profile(path)
    assert (profile.cut_off, profile.address_mode) == (time(14, 30), AddressMode.STRUCTURED)
    assert (profile.batch_booking, profile.max_transactions_per_batch) == (None, 500)
    assert dict(profile.sources)["cut_off"] == "contract"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("name: [", "no YAML"),
        ("- a", "no name"),
        ("name: x\nlead: {value: 1, source: y}", "no field 'lead'"),
        ("name: x\nlead_days_core: 1", "source"),
        ("name: x\nlead_days_core: {value: soon, source: y}", "lead_days_core cannot be 'soon'"),
        ("name: x\nlead_days_core: {value: null, source: y}", "lead_days_core cannot be None"),
        ("name: x\none_batch_per_file: {value: 1, source: y}", "true or false"),
        ("name: x\nmessage_id_pattern: {value: '(', source: y}", "message_id_pattern"),
        ("name: x\nversion: {value: '', source: y}", "a text is needed"),
    ],
)
def test_a_faulty_profile_says_file_field_and_what_to_do(tmp_path: Path, text: str, word: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(InvalidProfile, match=word) as caught:
        read_profile(path)
    assert "mine.yaml" in str(caught.value)


def test_an_unknown_name_tells_the_known_ones() -> None:
    with pytest.raises(InvalidProfile, match="kbc"):
        load_profile("../kbc")
