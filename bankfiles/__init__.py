"""Bank files of the SEPA direct debit schemes: written, checked and read.

The public face:

- `bankfiles.pain008`: `write` and `write_files` turn `Collection`s into pain.008 files by the scheme's rules
- `bankfiles.read`: `read_answers` turns what banks answer into `Answer`s, `recognise` tells a file's format
- `bankfiles.identifiers`: IBAN, BIC, creditor identifier, mandate reference, RF and OGM references, `mask_iban`
- `bankfiles.characters`, `bankfiles.calendar`: the SEPA character set, TARGET days and lead times
- `bankfiles.reasons`: what an R-transaction reason code means, and what to do
- `bankfiles.profile`: what one bank asks beyond the scheme

Nothing here knows a database, a network or the wall clock: ids and times are passed in.

>>> import io
>>> from datetime import UTC, date, datetime
>>> from decimal import Decimal
>>> from bankfiles.pain008 import Collection, Creditor, Header, Scheme, SequenceType, write
>>> creditor = Creditor("Brouwerij De Kroon", "BE65ZZZ0403199702", "BE68539007547034")
>>> collection = Collection(
...     end_to_end_id="INV-2026-17", amount=Decimal("120.50"), collection_date=date(2026, 12, 1),
...     sequence_type=SequenceType.RECURRENT, scheme=Scheme.CORE, creditor=creditor,
...     mandate_reference="MANDATE-7", mandate_signed_on=date(2025, 3, 1),
...     debtor_name="Café Müller", debtor_iban="DE89370400440532013000", remittance="Invoice 2026/17",
... )
>>> header = Header("MSG-1", datetime(2026, 11, 27, 9, tzinfo=UTC), "Brouwerij De Kroon")
>>> out = io.BytesIO()
>>> written = write(header, [collection], out)
>>> written.count, written.total, written.batches[0].batch_id
(1, Decimal('120.50'), 'MSG-1-1')
>>> [finding.message for finding in written.findings]
["The debtor name 'Café Müller' is written as 'Cafe Muller'."]
"""
