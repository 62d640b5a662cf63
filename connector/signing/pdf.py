"""The signed mandate as a PDF: the debtor's and the creditor's copy, with the evidence of the signature.

The same input gives the same bytes: the date of creation is that of the signature, and nothing else of the moment
goes in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO

from anyascii import anyascii
from fpdf import FPDF

from connector.mails.addresses import address_lines
from connector.mails.colours import WHITE, readable_on
from connector.signing.account import grouped
from connector.signing.chain import Entry
from connector.signing.signed import SignedMandate, Typeface
from connector.texts import say
from connector.texts.formatting import written

_MARGIN = 18  # mm
_WIDTH = 210 - 2 * _MARGIN
_GAP = 8
_COLUMN = (_WIDTH - _GAP) / 2
_GREY = (75, 85, 99)
_PALE = (209, 213, 219)
_INK = (17, 24, 39)
_ENCODING = "cp1252"  # of the fonts that every PDF reader has
_EVENTS_MAX = 9


def mandate_pdf(mandate: SignedMandate, typeface: Typeface) -> bytes:
    """The document as bytes."""
    sheet = _Sheet(mandate, typeface)
    sheet.head()
    sheet.parties()
    sheet.mandate_text()
    sheet.account_and_signature()
    sheet.evidence()
    return bytes(sheet.pdf.output())


class _Paper(FPDF):
    """A4 with the name of the mandate at the foot of each page."""

    foot: str = ""
    face: str = "helvetica"

    def footer(self) -> None:
        """Called by fpdf2 at the end of a page."""
        self.set_y(-14)
        self.set_font(self.face, "", 7.5)
        self.set_text_color(*_GREY)
        self.cell(_WIDTH, 4, self.foot, align="C")


class _Sheet:
    """The document, written from the top to the bottom; it fills one page, seldom more."""

    def __init__(self, mandate: SignedMandate, typeface: Typeface) -> None:
        self.mandate = mandate
        self.plain_letters = False
        self.pdf = _Paper(format="A4")
        self.pdf.set_margins(_MARGIN, 16, _MARGIN)
        self.pdf.set_auto_page_break(True, margin=18)
        self.pdf.c_margin = 0
        self._font = self.pdf.face = self._set_font(typeface)
        offer = mandate.offer
        self.pdf.set_creation_date(mandate.signed_at)
        self.pdf.set_title(self._fit(self._say("document.subject", reference=offer.reference)))
        self.pdf.set_author(self._fit(offer.creditor.name))
        self.pdf.set_lang(mandate.language.value)
        self.pdf.set_producer("sepa-connector")
        identifier = offer.creditor.identifier
        foot = self._say("document.page", reference=offer.reference, creditor_identifier=identifier)
        self.pdf.foot = self._fit(foot)
        self.pdf.add_page()

    def head(self) -> None:
        """Title, logo, reference."""
        offer, title = self.mandate.offer, self.mandate.text.partition("\n\n")[0]
        top = self.pdf.get_y()
        logo = self.mandate.logo
        wide = _WIDTH
        if logo is not None and logo.media_type != "image/svg+xml":
            wide -= 45
            box = (210 - _MARGIN - 40, top, 40, 16)
            self.pdf.image(BytesIO(logo.content), *box, keep_aspect_ratio=True)
        colour = readable_on(WHITE, offer.creditor.colour)
        self._write(title, size=17, bold=True, colour=_rgb(colour), width=wide, height=7.5)
        self.pdf.set_y(max(self.pdf.get_y() + 1, top + (18 if wide < _WIDTH else 0)))
        self._line(_rgb(colour), thick=0.8)
        self._facts(
            (
                ("reference", offer.reference),
                ("creditor_identifier", offer.creditor.identifier),
                ("type", f"{self._say(f'type.{offer.type.value}')} ({offer.scheme.value})"),
            )
        )
        self.pdf.ln(5)

    def parties(self) -> None:
        """Creditor and debtor side by side."""
        offer, details, language = self.mandate.offer, self.mandate.details, self.mandate.language
        creditor = (offer.creditor.name, *address_lines(offer.creditor.address, language))
        debtor = (details.name, *address_lines(details.address, language))
        if offer.enterprise_number:
            debtor = (*debtor, f"{self._say('label.enterprise_number')} {offer.enterprise_number}")
        top = self.pdf.get_y()
        ends = []
        for column, (label, lines) in enumerate((("creditor", creditor), ("debtor", debtor))):
            left = _MARGIN + column * (_COLUMN + _GAP)
            self.pdf.set_xy(left, top)
            self._write(self._say(f"label.{label}"), size=8.5, colour=_GREY, width=_COLUMN, left=left)
            for number, line in enumerate(lines):
                self._write(line, size=10.5, bold=number == 0, width=_COLUMN, left=left, height=5)
            ends.append(self.pdf.get_y())
        self.pdf.set_xy(_MARGIN, max(ends) + 6)

    def mandate_text(self) -> None:
        """The legal text, word by word as it was shown."""
        self._line(_PALE)
        self.pdf.ln(3)
        for paragraph in self.mandate.text.split("\n\n")[1:]:
            self._write(paragraph, size=10.5, height=5.2)
            self.pdf.ln(2.2)
        self.pdf.ln(2)

    def account_and_signature(self) -> None:
        """Account, place and date, and what stands for the signature."""
        mandate = self.mandate
        self._line(_PALE)
        self.pdf.ln(1)
        local = mandate.signed_at.astimezone(mandate.time_zone)
        self._facts(
            (
                ("iban", grouped(mandate.details.iban)),
                ("place", mandate.details.place),
                ("date", written(mandate.language, local.date())),
            )
        )
        self.pdf.ln(4)
        self._write(self._say("document.signed_by", name=mandate.details.name), size=12, bold=True, height=6)
        self._write(self._say("document.method", email=mandate.offer.masked_email), size=9.5, height=4.6)
        self._write(self._say("document.consent", consent=mandate.consent), size=9.5, height=4.6)
        self.pdf.ln(7)

    def evidence(self) -> None:
        """Who, when, from where, which text, and the course of events."""
        mandate = self.mandate
        self._line(_GREY)
        self._write(self._say("document.evidence"), size=10, bold=True, height=6)
        last = mandate.evidence[-1]
        rows = (
            ("signed_at", self._instants(mandate.signed_at)),
            ("text", f"{mandate.text_id}\nSHA-256 {mandate.text_sha256}"),
            ("client", mandate.visitor["client"]),
            ("browser", mandate.visitor["user_agent"]),
            ("digest", f"SHA-256 {last.digest}"),
        )
        for key, value in rows:
            self._small_row(self._say(f"document.{key}"), value)
        self.pdf.ln(1)
        self._write(self._say("document.course"), size=7.5, bold=True, height=3.8)
        before = 0
        for entry in self._course():
            if entry.number > before + 1:  # what is not told here is in the evidence, and did not vanish
                self._small_row(f"{before + 1} - {entry.number - 1}", "...")
            before = entry.number
            at = entry.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
            self._small_row(f"{entry.number}. {at}", self._say(f"event.{entry.kind}"))
        if self.plain_letters:
            self.pdf.ln(1)
            self._write(self._say("document.plain_letters"), size=7, colour=_GREY, height=3.5)

    def _course(self) -> Sequence[Entry]:
        """The first events and the last ones: a debtor who looked in often shall not fill pages."""
        entries = self.mandate.evidence
        return entries if len(entries) <= _EVENTS_MAX else (*entries[:2], *entries[-(_EVENTS_MAX - 2) :])

    def _instants(self, at: datetime) -> str:
        local = at.astimezone(self.mandate.time_zone)
        return self._say(
            "document.instants",
            local=local.strftime("%Y-%m-%d %H:%M:%S"),
            zone=self.mandate.time_zone.key,
            utc=at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"),
        )

    def _facts(self, rows: Sequence[tuple[str, str]]) -> None:
        self.pdf.ln(1.5)
        for key, value in rows:
            top = self.pdf.get_y()
            self._write(self._say(f"label.{key}"), size=9.5, colour=_GREY, width=50, height=5.4)
            self.pdf.set_xy(_MARGIN + 52, top)
            self._write(value, size=10.5, bold=True, width=_WIDTH - 52, left=_MARGIN + 52, height=5.4)
            self.pdf.set_x(_MARGIN)

    def _small_row(self, label: str, value: str) -> None:
        top = self.pdf.get_y()
        self._write(label, size=7.5, colour=_GREY, width=44, height=3.8)
        self.pdf.set_xy(_MARGIN + 45, top)
        self._write(value, size=7.5, width=_WIDTH - 45, left=_MARGIN + 45, height=3.8)
        self.pdf.set_x(_MARGIN)

    def _write(
        self,
        text: str,
        *,
        size: float,
        bold: bool = False,
        colour: tuple[int, int, int] = _INK,
        width: float = _WIDTH,
        left: float = _MARGIN,
        height: float = 4.5,
    ) -> None:
        self.pdf.set_font(self._font, "B" if bold else "", size)
        self.pdf.set_text_color(*colour)
        self.pdf.multi_cell(width, height, self._fit(text), align="L", new_x="LEFT", new_y="NEXT")
        self.pdf.set_x(left)

    def _line(self, colour: tuple[int, int, int], thick: float = 0.2) -> None:
        self.pdf.set_draw_color(*colour)
        self.pdf.set_line_width(thick)
        self.pdf.line(_MARGIN, self.pdf.get_y(), 210 - _MARGIN, self.pdf.get_y())
        self.pdf.ln(1)

    def _say(self, key: str, **facts: object) -> str:
        return say(self.mandate.language, f"signing.{key}", **facts)

    def _set_font(self, typeface: Typeface) -> str:
        if typeface.regular is None:
            self.pdf.core_fonts_encoding = _ENCODING
            return "helvetica"
        self.pdf.add_font("text", "", typeface.regular)
        self.pdf.add_font("text", "B", typeface.bold or typeface.regular)
        return "text"

    def _fit(self, text: str) -> str:
        """The text in letters that the font has."""
        if self._font != "helvetica":
            return text
        text = text.replace("\u202f", "\u00a0")  # narrow no-break space, as French writes it
        fitted = "".join(sign if _shown(sign) else anyascii(sign) for sign in text)
        self.plain_letters = self.plain_letters or fitted != text
        return fitted


def _shown(sign: str) -> bool:
    try:
        sign.encode(_ENCODING)
    except UnicodeEncodeError:
        return False
    return True


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
