"""The legal text has what the scheme demands, and its digest is that of exactly what was shown."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from bankfiles.pain008.model import Scheme
from connector.errors import ConfigError
from connector.model.customer import Language
from connector.signing.mandate_text import MandateTexts

OWN = MandateTexts(None)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("scheme", Scheme)
def test_every_text_authorises_the_creditor_and_the_bank_by_name(scheme: Scheme, language: Language) -> None:
    text = OWN.get(scheme, language, "Peeters & Zoon")
    assert "SEPA" in text.title
    assert "(A)" in text.paragraphs[0]
    assert "(B)" in text.paragraphs[0]
    assert text.paragraphs[0].count("Peeters & Zoon") == 2
    assert "{" not in text.content


@pytest.mark.parametrize("language", Language)
def test_the_core_text_gives_the_refund_of_eight_weeks_and_the_b2b_text_does_not(language: Language) -> None:
    assert "8 " in OWN.get(Scheme.CORE, language, "X").content
    assert "8" not in OWN.get(Scheme.B2B, language, "X").content
    assert OWN.get(Scheme.CORE, language, "X").title != OWN.get(Scheme.B2B, language, "X").title


def test_every_wording_has_an_id_of_its_own() -> None:
    texts = [OWN.get(scheme, language, "X") for scheme in Scheme for language in Language]
    assert len({text.id for text in texts}) == len(texts)


def test_the_digest_is_that_of_the_text_as_shown() -> None:
    text = OWN.get(Scheme.CORE, Language.DUTCH, "Peeters")
    shown = "\n\n".join((text.title, *text.paragraphs))
    assert text.sha256 == hashlib.sha256(shown.encode()).hexdigest()
    assert text.sha256 != OWN.get(Scheme.CORE, Language.DUTCH, "Janssens").sha256


def test_a_folder_of_official_texts_replaces_ours_file_by_file(tmp_path: Path) -> None:
    (tmp_path / "core.nl.yaml").write_text("id: epc 1\ntitle: Officieel\nparagraphs: ['Aan {creditor}']\n")
    texts = MandateTexts(tmp_path)
    official = texts.get(Scheme.CORE, Language.DUTCH, "Peeters")
    assert (official.id, official.content, official.official) == ("epc 1", "Officieel\n\nAan Peeters", True)
    assert not texts.get(Scheme.CORE, Language.FRENCH, "Peeters").official
    assert "core.nl.yaml" not in list(texts.not_official())
    assert len(list(texts.not_official())) == 7


@pytest.mark.parametrize(
    "content", ["id: 5\ntitle: x\nparagraphs: [y]", "title: x", "[", "id: a\ntitle: b\nparagraphs: []"]
)
def test_a_broken_text_is_named_with_its_file(tmp_path: Path, content: str) -> None:
    (tmp_path / "b2b.de.yaml").write_text(content)
    with pytest.raises(ConfigError, match=r"b2b\.de\.yaml"):
        MandateTexts(tmp_path)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no folder"):
        MandateTexts(tmp_path / "nowhere")
