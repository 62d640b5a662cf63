"""What the product says to people, in their language.

The sentences stand beside this file, one file per room and language: `<room>.<language>.yaml`, e.g. `mail.nl.yaml`. A
new room is a new set of four files; nothing is registered. The key of a text is its room and its path in the file:
`subject` under `invitation` in `mail.nl.yaml` is `mail.invitation.subject`.

A text may hold facts, `{name}`; every fact in it must be given. Facts keep their type and are written in the manner of
the language: Decimal as an amount in euros, `Money` as an amount in another currency, date and datetime as a
date, int with its thousands. A text that depends on a number has two forms, `one` and `other`, chosen by the
fact `count`.

    say(Language.DUTCH, "mail.notice.subject", amount=Decimal("12.50"), day=date(2026, 12, 1))
"""

from connector.texts.catalogue import MissingFact, MissingText, keys, placeholders
from connector.texts.deeds import deed_text
from connector.texts.formatting import Money
from connector.texts.reasons import reason_text
from connector.texts.speaking import say
from connector.texts.telling import record_text, tell_fact, word

__all__ = [
    "MissingFact",
    "MissingText",
    "Money",
    "deed_text",
    "keys",
    "placeholders",
    "reason_text",
    "record_text",
    "say",
    "tell_fact",
    "word",
]
