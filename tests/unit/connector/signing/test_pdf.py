"""The signed document."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pypdf
import pytest
from PIL import Image

from bankfiles.pain008.model import Scheme
from connector.errors import ConfigError
from connector.model.customer import Language
from connector.signing.chain import GENESIS, Entry, entry_after
from connector.signing.details import Details
from connector.signing.mandate_text import MandateTexts
from connector.signing.offer import Logo, offer_of
from connector.signing.pdf import mandate_pdf
from connector.signing.signed import SignedMandate, Typeface
from tests.support.signing import IBAN, NOW, invitation_request

TEXTS = MandateTexts(None)


def evidence(length: int) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    for number in range(length):
        kind = "signed" if number == length - 1 else "viewed"
        entries.append(entry_after(number, entries[-1].digest if entries else GENESIS, "x", NOW, kind, {}))
    return tuple(entries)


def signed_mandate(language: Language = Language.DUTCH, name: str = "Amélie Wauters", events: int = 5) -> SignedMandate:
    offer = offer_of(invitation_request(language=language))
    text = TEXTS.get(Scheme.CORE, language, offer.creditor.name)
    return SignedMandate(
        offer=offer,
        details=Details(name, "Meir 12", "2000", "Antwerpen", "BE", IBAN, "Antwerpen"),
        language=language,
        text_id=text.id,
        text=text.content,
        text_sha256=text.sha256,
        consent="Akkoord.",
        signed_at=NOW,
        time_zone=ZoneInfo("Europe/Brussels"),
        visitor={"client": "192.0.2.7", "user_agent": "Mozilla/5.0", "accept_language": "nl"},
        evidence=evidence(events),
    )


def words(content: bytes) -> str:
    return " ".join("".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages).split())


@pytest.mark.parametrize("language", Language)
def test_the_document_has_every_element_of_a_mandate(language: Language) -> None:
    mandate = signed_mandate(language)
    content = mandate_pdf(mandate, Typeface())
    seen = words(content)
    offer = mandate.offer
    assert offer.creditor.name in seen
    for needed in ("M-7", offer.creditor.identifier, "Veldstraat 1", "9000 Gent", "Amélie Wauters", "Meir 12"):
        assert needed in seen
    for needed in ("BE71 0961 2345 6769", "a•••@example.org", "192.0.2.7", mandate.text_id, mandate.text_sha256):
        assert needed in seen
    for paragraph in mandate.text.split("\n\n"):
        assert " ".join(paragraph.split()) in seen
    assert "2026-11-24 23:30:00 (Europe/Brussels), 2026-11-24 22:30:00 UTC" in seen
    assert mandate.evidence[-1].digest in seen
    reader = pypdf.PdfReader(BytesIO(content))
    assert len(reader.pages) == 1
    assert reader.metadata is not None
    assert reader.metadata.title
    assert "M-7" in reader.metadata.title
    assert str(reader.root_object["/Lang"]) == language.value


def test_the_same_input_gives_the_same_bytes() -> None:
    assert mandate_pdf(signed_mandate(), Typeface()) == mandate_pdf(signed_mandate(), Typeface())
    assert mandate_pdf(signed_mandate(), Typeface()) != mandate_pdf(signed_mandate(name="Other"), Typeface())


def test_letters_that_the_built_in_font_lacks_are_plain_and_the_document_says_so() -> None:
    seen = words(mandate_pdf(signed_mandate(name="Łukasz Ελένη"), Typeface()))
    assert "Lukasz" in seen
    assert "gewone letters" in seen
    assert "gewone letters" not in words(mandate_pdf(signed_mandate(), Typeface()))


def test_a_debtor_who_looked_in_often_still_gets_one_page() -> None:
    content = mandate_pdf(signed_mandate(name="Łukasz", events=60), Typeface())
    assert len(pypdf.PdfReader(BytesIO(content)).pages) == 1
    assert re.search(r"\b3 - \d+ \.\.\.", words(content)), "what is left out is told"
    assert "60. 2026-11-24" in words(content)


def test_the_logo_is_in_it_and_a_drawing_that_pdf_can_not_hold_is_left_out() -> None:
    picture = BytesIO()
    Image.new("RGB", (40, 10), "red").save(picture, "PNG")
    mandate = signed_mandate()
    with_logo = mandate_pdf(replace(mandate, logo=Logo("image/png", picture.getvalue())), Typeface())
    assert len(pypdf.PdfReader(BytesIO(with_logo)).pages[0].images) == 1
    assert mandate_pdf(replace(mandate, logo=Logo("image/svg+xml", b"<svg/>")), Typeface())


def test_a_font_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.ttf"):
        Typeface(tmp_path / "none.ttf")
