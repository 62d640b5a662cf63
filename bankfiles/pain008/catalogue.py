"""Every finding that the writer and the checker can make: its code, how grave it is, the rule, what to do.

Codes are stable. The rule names where it stands: EPC rulebook or implementation guidelines (EPC130-08 Core,
EPC131-08 B2B, both on the 2019 version), the ISO schema, or a bank's own profile.
"""

from __future__ import annotations

from dataclasses import dataclass

from bankfiles.pain008.model import Finding, Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be wrong with a direct debit file."""

    severity: Severity
    rule: str  # what must hold, and where that stands
    remedy: str  # what to do


def _error(rule: str, remedy: str) -> Rule:
    return Rule(Severity.ERROR, rule, remedy)


def _warning(rule: str, remedy: str) -> Rule:
    return Rule(Severity.WARNING, rule, remedy)


RULES: dict[str, Rule] = {
    # identifiers
    "IBAN_INVALID": _error(
        "The debtor's IBAN has the form of its country and right check digits (ISO 13616).",
        "Ask the debtor for the IBAN again and correct the mandate.",
    ),
    "IBAN_NOT_SEPA": _error(
        "The debtor's account is in a country of the SEPA schemes (EPC409-09).",
        "Collect in another way: SEPA direct debit does not reach this country.",
    ),
    "BIC_INVALID": _error(
        "A BIC has 8 or 11 characters with the country in positions 5 and 6 (ISO 9362).",
        "Leave the BIC out: the IBAN is enough within SEPA.",
    ),
    "CREDITOR_IBAN_INVALID": _error(
        "The creditor's IBAN has the form of its country and right check digits (ISO 13616).",
        "Correct the creditor's account in the settings.",
    ),
    "CREDITOR_ID_INVALID": _error(
        "The creditor identifier has right check digits, its business code left out (EPC262-08).",
        "Copy the creditor identifier from the contract with your bank.",
    ),
    "LEI_INVALID": _error(
        "An LEI has 20 characters with right check digits (ISO 17442).",
        "Correct the LEI or leave it out.",
    ),
    "LEI_LEFT_OUT": _warning(
        "pain.008.001.02 has no place for an LEI.",
        "Nothing, or send pain.008.001.08 if your bank takes it.",
    ),
    "MESSAGE_ID_INVALID": _error(
        "A message id has 1 to 35 SEPA characters, no slash at either end, none doubled (EPC IG, identifications).",
        "Give the message another id.",
    ),
    "BATCH_ID_INVALID": _error(
        "A batch id has 1 to 35 SEPA characters, no slash at either end, none doubled (EPC IG, identifications).",
        "Give the batch another id.",
    ),
    "END_TO_END_ID_INVALID": _error(
        "An end-to-end id has 1 to 35 SEPA characters, no slash at either end, none doubled (EPC IG, identifications).",
        "Give the collection another end-to-end id; it is never cut for you.",
    ),
    "INSTRUCTION_ID_INVALID": _error(
        "An instruction id has 1 to 35 SEPA characters, no slash at either end, none doubled (EPC IG).",
        "Give another instruction id, or leave it out.",
    ),
    "MANDATE_REFERENCE_INVALID": _error(
        "A mandate reference has 1 to 35 SEPA characters, no slash at either end, none doubled (AT-01).",
        "Amend the mandate to a reference that keeps the rule; it is never cut for you.",
    ),
    "END_TO_END_ID_DUPLICATE": _error(
        "An end-to-end id names one collection only: the bank's answer is matched on it.",
        "Give each collection its own end-to-end id, and make sure that it isn't collected twice.",
    ),
    "REFERENCE_INVALID": _error(
        "A structured reference has right check digits (ISO 11649, Belgian OGM/VCS).",
        "Take the reference over from the invoice again, or send free text.",
    ),
    "PURPOSE_INVALID": _error(
        "A purpose is a code of the ISO external code lists, at most 4 characters (EPC IG, Purp, CtgyPurp).",
        "Correct the purpose or leave it out.",
    ),
    "SIGNATURE_INVALID": _error(
        "An electronic signature has at most 1025 printable characters (EPC IG, ElctrncSgntr, AT-16).",
        "Correct the signature or leave it out.",
    ),
    # amounts
    "AMOUNT_RANGE": _error(
        "An amount lies between 0.01 and 999999999.99 EUR (EPC IG, InstdAmt).",
        "Correct the amount; split it if it is larger.",
    ),
    "AMOUNT_DECIMALS": _error(
        "An amount has at most two decimals (EPC IG, InstdAmt).",
        "Round the amount where it is made, so that the books agree with the bank.",
    ),
    "CURRENCY": _error(
        "Only euro can be collected (EPC IG, InstdAmt).",
        "Collect the amount in EUR, or in another way.",
    ),
    # texts
    "NAME_MISSING": _error(
        "Debtor and creditor have a name (EPC IG, AT-14).",
        "Fill in the name.",
    ),
    "TEXT_TOO_LONG": _error(
        "Names have at most 70 characters, remittance 140 (EPC IG), below what the schema allows.",
        "Shorten the text.",
    ),
    "TEXT_CUT": _warning(
        "Names have at most 70 characters, remittance 140 (EPC IG).",
        "Shorten the text yourself if the cut is not clear to the debtor.",
    ),
    "CHARACTERS": _warning(
        "Texts keep to the SEPA character set (EPC217-08).",
        "Nothing if the text is still clear; otherwise write it with plain letters.",
    ),
    "REMITTANCE": _error(
        "Remittance is either one free text or one structured reference, never both (EPC IG, RmtInf).",
        "Keep one of the two.",
    ),
    # dates
    "COLLECTION_DATE_CLOSED": _warning(
        "A collection date is a TARGET day (EPC rulebook, time cycle).",
        "Choose a day on which TARGET is open; the next one is used otherwise.",
    ),
    "COLLECTION_DATE_TOO_EARLY": _error(
        "The bank gets the file at least the lead time before the collection date (EPC rulebook, time cycle: D-1).",
        "Move the collection date, and tell the debtor.",
    ),
    "COLLECTION_DATE_TOO_FAR": _warning(
        "A file is handed in at most 14 calendar days ahead; a debtor bank need not take it earlier.",
        "Hand the file in later, or ask your bank how far ahead it takes collections.",
    ),
    "SIGNATURE_AFTER_COLLECTION": _error(
        "A mandate is signed before it is collected on (AT-25).",
        "Correct the date of signature, or collect later.",
    ),
    "MANDATE_MAY_BE_EXPIRED": _warning(
        "A mandate expires after 36 months without a collection (EPC rulebook, mandate).",
        "Make sure that it was collected on within 36 months; if not, get a new mandate.",
    ),
    # sequence and mandates
    "MANDATE_SPENT": _error(
        "Nothing is collected under a mandate after its final (FNAL) or only (OOFF) collection.",
        "Get a new mandate, or correct the sequence type.",
    ),
    "SEQUENCE_FIRST_AGAIN": _warning(
        "A first collection (FRST) comes before the others of its mandate.",
        "Use RCUR; FRST has not been required since November 2016.",
    ),
    "MANDATE_TWO_ACCOUNTS": _error(
        "A mandate is for one account of the debtor; a change is told as an amendment.",
        "Use the account of the mandate, or amend the mandate.",
    ),
    "SCHEME_MIX": _error(
        "A file holds either CORE or B2B collections (EPC IG, LclInstrm).",
        "Write one file per scheme.",
    ),
    # addresses
    "ADDRESS_UNSTRUCTURED": _error(
        "Addresses of lines only are refused since 15 November 2026 (EPC153-22).",
        "Give town and country in their own fields, or leave the address out.",
    ),
    "ADDRESS_INCOMPLETE": _error(
        "An address has at least a town and a country of two letters (EPC153-22).",
        "Fill in town and country, or leave the address out.",
    ),
    "ADDRESS_LINES": _error(
        "A hybrid address has at most two lines of 70 characters (EPC153-22).",
        "Move street, number and postcode into their own fields.",
    ),
    "ADDRESS_LINES_LEFT_OUT": _warning(
        "This bank takes structured addresses only.",
        "Fill in street, number and postcode in their own fields.",
    ),
    "ADDRESS_MISSING": _warning(
        "A debtor outside the EEA has an address (EPC IG, AT-09).",
        "Fill in the debtor's town and country: the bank may return the collection without them.",
    ),
    # amendments
    "AMENDMENT_EMPTY": _error(
        "An amendment says what the mandate said before (EPC IG, AmdmntInfDtls).",
        "Name the old reference, account, creditor name or creditor identifier, or leave it out.",
    ),
    "AMENDMENT_SAME": _error(
        "What an amendment names as old differs from what the collection says now (EPC IG, AmdmntInfDtls).",
        "Correct the old value, or leave the amendment out.",
    ),
    "AMENDMENT_CONTRADICTION": _error(
        "An account change tells either the old IBAN or SMNDA (EPC IG, OrgnlDbtrAcct).",
        "Keep one of the two.",
    ),
    "AMENDMENT_INVALID": _error(
        "The old values of an amendment are right identifiers themselves (EPC IG, AmdmntInfDtls).",
        "Correct the old value.",
    ),
    "AMENDMENT_INDICATOR": _error(
        "Amendment details stand with AmdmntInd true (EPC IG, AmdmntInd).",
        "Set AmdmntInd to true, or leave the details out.",
    ),
    # the file as a whole: only in files of others
    "NOT_PAIN_008": _error(
        "The file is a customer direct debit initiation (ISO 20022 pain.008).",
        "Choose the file that was meant for the bank.",
    ),
    "XML": _error(
        "The file is well-formed XML without a DTD.",
        "Have the file made again; it was cut off or damaged.",
    ),
    "SCHEMA": _error(
        "The file is valid by the schema of its version (ISO 20022).",
        "Correct this field where the file is made.",
    ),
    "SCHEMA_MISSING": _warning(
        "The schema of the version is installed, so that it can be checked.",
        "Hand in the schema, from iso20022.org (--schema). The rules of the schemes are checked all the same.",
    ),
    "VERSION": _warning(
        "The bank takes the version of the file (bank profile).",
        "Write the version that the bank takes.",
    ),
    "VALUE_UNREADABLE": _error(
        "Amounts and dates can be read.",
        "Correct this field where the file is made.",
    ),
    "COUNT": _error(
        "NbOfTxs is the number of transactions (EPC IG, NbOfTxs).",
        "Have the file made again: transactions were added or lost.",
    ),
    "CONTROL_SUM": _error(
        "CtrlSum is the sum of the amounts (EPC IG, CtrlSum).",
        "Have the file made again: transactions were added, lost or changed.",
    ),
    "BATCH_ID_DUPLICATE": _error(
        "A batch id names one batch: the bank's booking is matched on it.",
        "Give each batch its own id.",
    ),
    "MESSAGE_ID_FORM": _error(
        "The message id has the form that the bank asks for (bank profile).",
        "Give the message an id of that form.",
    ),
    "END_TO_END_ID_MISSING": _warning(
        "A collection has an end-to-end id: the bank's answer is matched on it.",
        "Give each collection an end-to-end id.",
    ),
    "SCHEME_UNKNOWN": _error(
        "The local instrument is CORE or B2B; COR1 ended in November 2016 (EPC IG, LclInstrm).",
        "Set LclInstrm/Cd to CORE or B2B.",
    ),
    "SEQUENCE_UNKNOWN": _error(
        "The sequence type is FRST, RCUR, OOFF or FNAL (EPC IG, SeqTp).",
        "Set SeqTp; RCUR is right for all but one-off mandates.",
    ),
    "SERVICE_LEVEL": _error(
        "The service level is SEPA (EPC IG, SvcLvl).",
        "Set SvcLvl/Cd to SEPA.",
    ),
    "CHARGE_BEARER": _error(
        "Charges are SLEV: each side pays its own bank (EPC IG, ChrgBr).",
        "Set ChrgBr to SLEV, or leave it out.",
    ),
    "CREDITOR_SCHEME_NAME": _error(
        "The creditor identifier stands with SchmeNm/Prtry SEPA (EPC IG, CdtrSchmeId).",
        "Set SchmeNm/Prtry to SEPA.",
    ),
    "LIMIT_BATCH": _error(
        "A batch has no more transactions than the bank takes (bank profile).",
        "Split the batch.",
    ),
    "LIMIT_FILE": _error(
        "A file is no larger than the bank takes (bank profile).",
        "Split the file.",
    ),
}


def finding(
    code: str,
    seen: str,
    *,
    end_to_end_id: str | None = None,
    mandate_reference: str | None = None,
    position: int | None = None,
    line: int | None = None,
    severity: Severity | None = None,
) -> Finding:
    """Make the Finding of a code of the catalogue; `seen` says what was found, in a sentence."""
    rule = RULES[code]
    return Finding(
        code=code,
        severity=severity or rule.severity,
        message=seen,
        remedy=rule.remedy,
        end_to_end_id=end_to_end_id,
        mandate_reference=mandate_reference,
        position=position,
        line=line,
    )
