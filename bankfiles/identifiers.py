"""Identifiers of the SEPA schemes: checked, and brought into the form in which they travel.

Every `normalise_...` returns the electronic form (no grouping spaces, upper case where the standard says so) or
raises an `InvalidIdentifier`, a ValueError whose sentence says what was seen and what to do. IBANs are masked
in those sentences.
"""

from __future__ import annotations

import re
from functools import lru_cache

from schwifty import BIC
from schwifty.exceptions import SchwiftyException
from schwifty.registry import get_iban_spec
from stdnum import iso11649
from stdnum.be import ogm_vcs
from stdnum.eu import at_02
from stdnum.exceptions import ValidationError

from bankfiles.characters import first_foreign

MAX_ID_LENGTH = 35  # Max35Text of ISO 20022

# Countries of the European Economic Area; a debtor elsewhere in SEPA needs an address (EPC IG, AT-09).
_EEA = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK"
EEA_COUNTRIES = frozenset(_EEA.split())
# In the scheme's scope since 2024 to 2026 (EPC409-09), later than the IBAN registry in use knows.
_JOINED_SEPA = frozenset({"AL", "MD", "ME", "MK", "RS"})


class InvalidIdentifier(ValueError):
    """An identifier that no bank will take; the message says what was seen and what to do."""

    code = "IDENTIFIER"


class InvalidIban(InvalidIdentifier):
    """Not an IBAN: wrong form, unknown country, wrong length or wrong check digits."""

    code = "IBAN"


class InvalidBic(InvalidIdentifier):
    """Not a BIC (ISO 9362): 8 or 11 characters, the country in positions 5 and 6."""

    code = "BIC"


class InvalidCreditorIdentifier(InvalidIdentifier):
    """Not a SEPA creditor identifier (AT-02)."""

    code = "CREDITOR_ID"


class InvalidReference(InvalidIdentifier):
    """Not a structured creditor reference (ISO 11649 RF, Belgian OGM/VCS)."""

    code = "REFERENCE"


class InvalidId(InvalidIdentifier):
    """An id of ours (message, batch, end-to-end, mandate) that breaks the rules for identifications."""

    code = "ID"


# ---------------------------------------------------------------------------------------------- accounts

_ORDINALS = {ord(letter): str(number) for number, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 10)}


_LONGEST_IBAN = 34  # ISO 13616
_IBAN_LIKE = re.compile(r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")


def mask_iban(iban: str) -> str:
    """Return the IBAN with all but its first 4 and last 3 characters replaced, for logs and messages."""
    compact = iban.replace(" ", "")
    if len(compact) <= 7:
        return "*" * len(compact)
    return f"{compact[:4]}{'*' * (len(compact) - 7)}{compact[-3:]}"


def mask_ibans(text: str) -> str:
    """Return `text` with everything in it that looks like an IBAN masked."""
    return _IBAN_LIKE.sub(lambda found: mask_iban(found.group()), text)


@lru_cache(maxsize=256)
def _iban_shape(country: str) -> re.Pattern[str] | None:
    """The form of a whole IBAN of one country, or None if the IBAN registry does not know it."""
    try:
        spec = get_iban_spec(country)
    except SchwiftyException:
        return None
    bban = spec.regex.pattern.lstrip("^").rstrip("$")
    return re.compile(rf"{country}[0-9]{{2}}{bban}", re.ASCII)


@lru_cache(maxsize=256)
def _country_digits(country: str) -> str:
    return country.translate(_ORDINALS)


def is_iban(iban: str) -> bool:
    """Tell whether `iban` is a right IBAN in electronic form. Fast: for every transaction of a file."""
    return len(iban) <= _LONGEST_IBAN and _is_iban(iban)  # nothing longer is remembered: it could be megabytes


@lru_cache(maxsize=8192)
def _is_iban(iban: str) -> bool:
    country = iban[:2]
    shape = _iban_shape(country)
    if shape is None or shape.fullmatch(iban) is None:
        return False
    bban = iban[4:]
    if not bban.isdigit():
        bban = bban.translate(_ORDINALS)
    return int(bban + _country_digits(country) + iban[2:4]) % 97 == 1


def normalise_iban(text: str) -> str:
    """Return the IBAN in electronic form; raise `InvalidIban` if its form or check digits are wrong."""
    iban = "".join(text.split()).upper()
    if is_iban(iban):
        return iban
    shown = mask_iban(iban)
    shape = _iban_shape(iban[:2])
    if not iban:
        raise InvalidIban("The IBAN is empty; ask the account holder for it.")
    if shape is None:
        raise InvalidIban(f"{shown} does not start with a country that has IBANs; ask for the IBAN again.")
    if shape.fullmatch(iban) is None:
        length = get_iban_spec(iban[:2]).iban_length
        raise InvalidIban(
            f"{shown} has {len(iban)} characters and is not of the form of an IBAN of {iban[:2]} "
            f"({length} characters); ask for the IBAN again."
        )
    raise InvalidIban(f"{shown} has wrong check digits: a character is mistyped; ask for the IBAN again.")


def belgian_iban(account: str) -> str:
    """Return the IBAN of a Belgian account number of 12 digits; anything else as it is."""
    if len(account) != 12 or not (account.isascii() and account.isdigit()):
        return account
    return f"BE{98 - int(account + _country_digits('BE') + '00') % 97:02d}{account}"


@lru_cache(maxsize=256)
def is_sepa_country(country: str) -> bool:
    """Tell whether IBANs of this country (ISO 3166-1 alpha-2) can be collected from through SEPA."""
    if country in _JOINED_SEPA:
        return True
    try:
        return bool(get_iban_spec(country).in_sepa_zone)
    except SchwiftyException:
        return False


@lru_cache(maxsize=4096)
def normalise_bic(text: str) -> str:
    """Return the BIC in upper case; raise `InvalidBic` if its form or country is wrong."""
    bic = "".join(text.split()).upper()
    try:
        return str(BIC(bic))
    except SchwiftyException as error:
        raise InvalidBic(
            f"{bic[:20]!r} is not a BIC ({error}); leave it out, the IBAN is enough within SEPA."
        ) from error


_CREDITOR_ID = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Za-z0-9+?/\-:().,']{1,28}")


@lru_cache(maxsize=4096)
def normalise_creditor_identifier(text: str) -> str:
    """Return the creditor identifier (AT-02) in electronic form, or raise `InvalidCreditorIdentifier`.

    Positions 5 to 7 are the creditor's own business code: free, and left out of the check digits.
    """
    identifier = "".join(text.split()).upper()
    if _CREDITOR_ID.fullmatch(identifier) is None:
        raise InvalidCreditorIdentifier(
            f"{identifier[:40]!r} is not of the form of a creditor identifier (country, two check digits, "
            "business code of three, national part; at most 35 characters); copy it from your bank's contract."
        )
    try:
        at_02.validate(identifier)
    except ValidationError as error:
        raise InvalidCreditorIdentifier(
            f"{identifier!r} has wrong check digits; copy the creditor identifier from your bank's contract."
        ) from error
    return identifier


def without_business_code(identifier: str) -> str:
    """Return the creditor identifier with its business code set to ZZZ: the same creditor, comparable."""
    return identifier if len(identifier) < 8 else f"{identifier[:4]}ZZZ{identifier[7:]}"


# --------------------------------------------------------------------------------------- ids and mandates

ID_PATTERN = r"(?![/ ])(?!.*//)[A-Za-z0-9/\-?:().,'+ ]{1,35}(?<![/ ])"  # of one line
_ID = re.compile(ID_PATTERN)


def is_id(text: str) -> bool:
    """Tell whether `text` may identify a message, batch, collection or mandate. Fast, for every transaction."""
    return _ID.fullmatch(text) is not None


def _normalise_id(text: str, what: str) -> str:
    identifier = text.strip()
    if is_id(identifier):
        return identifier
    seen = f"The {what} {identifier[:50]!r}"
    if not identifier:
        raise InvalidId(f"The {what} is empty; give one.")
    if len(identifier) > MAX_ID_LENGTH:
        raise InvalidId(f"{seen} has {len(identifier)} characters; shorten it to {MAX_ID_LENGTH}.")
    foreign = first_foreign(identifier)
    if foreign is not None:
        raise InvalidId(f"{seen} contains {foreign!r}; use letters, digits and / - ? : ( ) . , ' + only.")
    raise InvalidId(f"{seen} starts or ends with a slash or has two in a row; remove those slashes.")


def normalise_mandate_reference(text: str) -> str:
    """Return the mandate reference (AT-01, UMR) without surrounding space, or raise `InvalidId`."""
    return _normalise_id(text, "mandate reference")


def normalise_end_to_end_id(text: str) -> str:
    """Return the end-to-end id without surrounding space, or raise `InvalidId`."""
    return _normalise_id(text, "end-to-end id")


def normalise_message_id(text: str) -> str:
    """Return the message id without surrounding space, or raise `InvalidId`."""
    return _normalise_id(text, "message id")


# ---------------------------------------------------------------------------------------------- references


def normalise_rf(text: str) -> str:
    """Return an RF creditor reference (ISO 11649, at most 25 characters), or raise `InvalidReference`."""
    try:
        return str(iso11649.validate(text))
    except ValidationError as error:
        raise InvalidReference(
            f"{text[:40]!r} is not an RF reference ({error}); take it over from the invoice again."
        ) from error


def normalise_ogm(text: str) -> str:
    """Return a Belgian structured communication (OGM/VCS) as 12 digits, or raise `InvalidReference`.

    Takes +++090/9337/55493+++, ***090/9337/55493*** (the paper form) and bare digits.
    """
    try:
        return str(ogm_vcs.validate(text.strip().strip("*")))
    except ValidationError as error:
        raise InvalidReference(
            f"{text[:40]!r} is not a structured communication ({error}); take it over from the invoice again."
        ) from error


def format_ogm(digits: str) -> str:
    """Return 12 digits in the printed form +++090/9337/55493+++."""
    return f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++"
