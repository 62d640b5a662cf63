"""Letter: what a mail to a debtor consists of, and how it becomes text and HTML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from jinja2 import Environment, PackageLoader, StrictUndefined

from connector.mails.addresses import address_lines
from connector.mails.colours import WHITE, readable_on, text_on
from connector.model.customer import Language
from connector.ports import Attachment, CreditorCard, Mail
from connector.texts import say

_TEMPLATES = Environment(
    loader=PackageLoader("connector.mails"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some sentences."""

    text: str
    kind: ClassVar[str] = "paragraph"

    def plain(self) -> str:
        """As text."""
        return self.text


@dataclass(frozen=True, slots=True)
class Button:
    """The one thing that the reader is asked to do."""

    label: str
    link: str
    kind: ClassVar[str] = "button"

    def plain(self) -> str:
        """As text."""
        return f"{self.label}:\n{self.link}"


@dataclass(frozen=True, slots=True)
class Code:
    """A one-time code, large enough to be read across a room."""

    code: str
    kind: ClassVar[str] = "code"

    def plain(self) -> str:
        """As text."""
        return f"    {self.code}"


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts with their labels, one below the other."""

    rows: tuple[tuple[str, str], ...]
    kind: ClassVar[str] = "facts"

    def plain(self) -> str:
        """As text."""
        return "\n".join(f"{label}: {value}" for label, value in self.rows)


@dataclass(frozen=True, slots=True)
class Amounts:
    """A table whose last column is an amount, with its total."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, str]
    kind: ClassVar[str] = "amounts"

    def plain(self) -> str:
        """As text."""
        lines = (self.head, *self.rows, ("",) * (len(self.head) - 2) + self.total)
        widths = [max(len(line[column]) for line in lines) for column in range(len(self.head))]
        return "\n".join(_padded(line, widths) for line in lines)


def _padded(cells: tuple[str, ...], widths: list[int]) -> str:
    *texts, amount = cells
    left = "  ".join(text.ljust(width) for text, width in zip(texts, widths, strict=False))
    return f"{left}  {amount.rjust(widths[-1])}"


Block = Paragraph | Button | Code | Facts | Amounts


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to a debtor before it has a form.

    Attributes:
        preview: what a mail program shows beside the subject in its list.
    """

    creditor: CreditorCard
    language: Language
    name: str
    subject: str
    preview: str
    blocks: tuple[Block, ...]

    def mail(self, key: str, to: str, attachments: tuple[Attachment, ...] = ()) -> Mail:
        """The letter as a mail. Answers go to the creditor."""
        return Mail(
            key=key,
            to=to,
            subject=self.subject,
            text=self._text(),
            html=self._html(),
            attachments=attachments,
            reply_to=self.creditor.email,
            language=self.language,
        )

    def _greeting(self) -> str:
        return say(self.language, "mail.greeting", name=self.name)

    def _closing(self) -> str:
        return say(self.language, "mail.closing", creditor=self.creditor.name)

    def _contact(self) -> Iterator[str]:
        yield self.creditor.name
        yield ", ".join(address_lines(self.creditor.address, self.language))
        if reached_by := " · ".join(way for way in (self.creditor.email, self.creditor.phone) if way):
            yield reached_by
        yield say(self.language, "mail.creditor_identifier", identifier=self.creditor.identifier)

    def _text(self) -> str:
        body = (self._greeting(), *(block.plain() for block in self.blocks), self._closing())
        return "\n\n".join((*body, "-- \n" + "\n".join(self._contact()))) + "\n"

    def _html(self) -> str:
        colour = self.creditor.colour
        return _TEMPLATES.get_template("letter.html").render(
            letter=self,
            greeting=self._greeting(),
            closing=self._closing(),
            contact=tuple(self._contact()),
            colour=colour,
            on_colour=text_on(colour),
            link_colour=readable_on(WHITE, colour),
        )
