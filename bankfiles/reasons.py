"""R-transaction reasons: what a code means, who is at fault, whether a retry makes sense, what becomes of the mandate.

Sources: EPC SDD rulebooks (reason codes of rejects, returns, refunds, reversals), ISO 20022 external status and
return reason code sets. What to do is this project's advice, on the careful side: a code that is not known is kept raw
and never leads to an automatic retry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

LANGUAGES = ("nl", "fr", "de", "en")


class Fault(StrEnum):
    """Who can mend the cause."""

    DEBTOR = "debtor"
    CREDITOR = "creditor"  # our data or our file
    BANK = "bank"
    UNCLEAR = "unclear"


class Retry(StrEnum):
    """Whether presenting the collection again makes sense."""

    LATER = "later"  # the same collection may succeed on another day
    AFTER_CORRECTION = "after correction"  # our data must be put right first
    AFTER_CONTACT = "after contact"  # the debtor must be asked first
    NEVER = "never"


class MandateFate(StrEnum):
    """What becomes of the mandate."""

    KEPT = "kept"
    SUSPENDED = "suspended"  # until someone has looked into it
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class ReasonMeaning:
    """What is known of one reason code."""

    code: str  # as the bank wrote it, upper case
    text: Mapping[str, str]  # language (nl, fr, de, en) to a sentence for a finance user
    fault: Fault
    retry: Retry
    mandate: MandateFate
    known: bool = True


def meaning(code: str) -> ReasonMeaning:
    """Return the meaning of a reason code; an unknown one is kept raw, with no retry and the mandate suspended."""
    code = code.strip().upper()
    return REASONS.get(code) or ReasonMeaning(
        code=code,
        text={
            "nl": f"Onbekende reden {code}: kijk na bij de bank.",
            "fr": f"Motif inconnu {code} : à vérifier auprès de la banque.",
            "de": f"Unbekannter Grund {code}: bei der Bank nachfragen.",
            "en": f"Unknown reason {code}: ask the bank.",
        },
        fault=Fault.UNCLEAR,
        retry=Retry.NEVER,
        mandate=MandateFate.SUSPENDED,
        known=False,
    )


_D, _C, _B, _U = Fault.DEBTOR, Fault.CREDITOR, Fault.BANK, Fault.UNCLEAR
_LATER, _CORRECT, _CONTACT, _NEVER = Retry.LATER, Retry.AFTER_CORRECTION, Retry.AFTER_CONTACT, Retry.NEVER
_KEPT, _HELD, _ENDED = MandateFate.KEPT, MandateFate.SUSPENDED, MandateFate.ENDED

# code: fault, retry, mandate, then the sentences in the order of LANGUAGES
_TABLE: dict[str, tuple[Fault, Retry, MandateFate, tuple[str, str, str, str]]] = {
    "AC01": (_C, _CORRECT, _HELD, (
        "Het rekeningnummer van de betaler is onjuist.",
        "Le numéro de compte du débiteur est incorrect.",
        "Die Kontonummer des Zahlers ist falsch.",
        "The debtor's account number is wrong.",
    )),
    "AC04": (_D, _CONTACT, _HELD, (
        "De rekening van de betaler is opgeheven.",
        "Le compte du débiteur est clôturé.",
        "Das Konto des Zahlers ist aufgelöst.",
        "The debtor's account is closed.",
    )),
    "AC06": (_D, _CONTACT, _KEPT, (
        "De rekening van de betaler is geblokkeerd.",
        "Le compte du débiteur est bloqué.",
        "Das Konto des Zahlers ist gesperrt.",
        "The debtor's account is blocked.",
    )),
    "AC13": (_C, _NEVER, _ENDED, (
        "De rekening is van een consument; een B2B-incasso mag daar niet op.",
        "Le compte est celui d'un consommateur ; un prélèvement B2B n'y est pas permis.",
        "Das Konto gehört einem Verbraucher; eine B2B-Lastschrift ist dort nicht erlaubt.",
        "The account is a consumer's; a B2B direct debit is not allowed on it.",
    )),
    "AG01": (_D, _NEVER, _ENDED, (
        "Op deze rekening kan niet worden geïncasseerd.",
        "Ce compte n'accepte pas de prélèvements.",
        "Von diesem Konto kann nicht eingezogen werden.",
        "This account does not allow direct debits.",
    )),
    "AG02": (_C, _CORRECT, _KEPT, (
        "De bewerkingscode of het volgordetype is onjuist.",
        "Le code opération ou le type de séquence est incorrect.",
        "Der Transaktionscode oder der Sequenztyp ist falsch.",
        "The operation code or sequence type is wrong.",
    )),
    "AM01": (_C, _CORRECT, _KEPT, (
        "Het bedrag is nul.",
        "Le montant est nul.",
        "Der Betrag ist null.",
        "The amount is zero.",
    )),
    "AM02": (_C, _CORRECT, _KEPT, (
        "Het bedrag is hoger dan toegestaan.",
        "Le montant dépasse le maximum autorisé.",
        "Der Betrag ist höher als erlaubt.",
        "The amount is above what is allowed.",
    )),
    "AM03": (_C, _CORRECT, _KEPT, (
        "De munt wordt niet verwerkt; incasso is in euro.",
        "La devise n'est pas traitée ; le prélèvement est en euros.",
        "Die Währung wird nicht verarbeitet; Lastschriften sind in Euro.",
        "The currency is not processed; direct debits are in euro.",
    )),
    "AM04": (_D, _LATER, _KEPT, (
        "Er stond niet genoeg geld op de rekening.",
        "La provision du compte était insuffisante.",
        "Das Konto war nicht ausreichend gedeckt.",
        "There was not enough money on the account.",
    )),
    "AM05": (_C, _NEVER, _KEPT, (
        "De incasso is een dubbel van een andere.",
        "Le prélèvement fait double emploi avec un autre.",
        "Die Lastschrift ist doppelt eingereicht.",
        "The collection is a duplicate of another one.",
    )),
    "AM09": (_C, _CORRECT, _KEPT, (
        "Het bedrag is niet het afgesproken bedrag.",
        "Le montant n'est pas celui qui était convenu.",
        "Der Betrag ist nicht der vereinbarte.",
        "The amount is not the one that was agreed.",
    )),
    "AM10": (_C, _CORRECT, _KEPT, (
        "Het totaal van het bestand klopt niet.",
        "Le total du fichier est incorrect.",
        "Die Kontrollsumme der Datei stimmt nicht.",
        "The control sum of the file is wrong.",
    )),
    "BE01": (_C, _CORRECT, _KEPT, (
        "Naam en rekening van de betaler horen niet bij elkaar.",
        "Le nom et le compte du débiteur ne correspondent pas.",
        "Name und Konto des Zahlers passen nicht zusammen.",
        "The debtor's name does not go with the account.",
    )),
    "BE04": (_C, _CORRECT, _KEPT, (
        "Het adres van de crediteur ontbreekt of is onjuist.",
        "L'adresse du créancier manque ou est incorrecte.",
        "Die Anschrift des Gläubigers fehlt oder ist falsch.",
        "The creditor's address is missing or wrong.",
    )),
    "BE05": (_C, _CORRECT, _KEPT, (
        "De bank kent het incassant-ID niet.",
        "La banque ne reconnaît pas l'identifiant du créancier.",
        "Die Bank kennt die Gläubiger-ID nicht.",
        "The bank does not recognise the creditor identifier.",
    )),
    "BE07": (_C, _CORRECT, _KEPT, (
        "Het adres van de betaler ontbreekt of is onjuist.",
        "L'adresse du débiteur manque ou est incorrecte.",
        "Die Anschrift des Zahlers fehlt oder ist falsch.",
        "The debtor's address is missing or wrong.",
    )),
    "CNOR": (_C, _CORRECT, _KEPT, (
        "De bank van de crediteur neemt niet deel onder deze BIC.",
        "La banque du créancier ne participe pas sous ce BIC.",
        "Die Bank des Gläubigers nimmt unter diesem BIC nicht teil.",
        "The creditor's bank does not take part under this BIC.",
    )),
    "CURR": (_C, _CORRECT, _KEPT, (
        "De munt is onjuist.",
        "La devise est incorrecte.",
        "Die Währung ist falsch.",
        "The currency is wrong.",
    )),
    "DNOR": (_C, _CORRECT, _KEPT, (
        "De bank van de betaler neemt niet deel onder deze BIC.",
        "La banque du débiteur ne participe pas sous ce BIC.",
        "Die Bank des Zahlers nimmt unter diesem BIC nicht teil.",
        "The debtor's bank does not take part under this BIC.",
    )),
    "DT01": (_C, _LATER, _KEPT, (
        "De incassodatum is onjuist.",
        "La date de prélèvement est incorrecte.",
        "Das Fälligkeitsdatum ist falsch.",
        "The collection date is wrong.",
    )),
    "DUPL": (_C, _NEVER, _KEPT, (
        "De incasso is dubbel ingediend.",
        "Le prélèvement a été présenté deux fois.",
        "Die Lastschrift wurde doppelt eingereicht.",
        "The collection was sent twice.",
    )),
    "ED05": (_B, _LATER, _KEPT, (
        "De verrekening tussen de banken is mislukt.",
        "Le règlement entre les banques a échoué.",
        "Die Verrechnung zwischen den Banken ist gescheitert.",
        "Settlement between the banks failed.",
    )),
    "FF01": (_C, _CORRECT, _KEPT, (
        "Het bestand heeft een fout formaat.",
        "Le format du fichier est incorrect.",
        "Das Dateiformat ist falsch.",
        "The file format is wrong.",
    )),
    "FF05": (_C, _CORRECT, _KEPT, (
        "Het schema (CORE of B2B) past niet bij de machtiging.",
        "Le schéma (CORE ou B2B) ne correspond pas au mandat.",
        "Das Verfahren (CORE oder B2B) passt nicht zum Mandat.",
        "The scheme (CORE or B2B) does not suit the mandate.",
    )),
    "FOCR": (_U, _CONTACT, _KEPT, (
        "Teruggegeven na een verzoek tot annulering.",
        "Restitué à la suite d'une demande d'annulation.",
        "Zurückgegeben nach einem Rückruf.",
        "Given back after a request for cancellation.",
    )),
    "MD01": (_D, _CONTACT, _ENDED, (
        "Er is geen geldige machtiging: de betaler heeft ze niet gegeven of ingetrokken.",
        "Il n'y a pas de mandat valable : le débiteur ne l'a pas donné ou l'a révoqué.",
        "Es liegt kein gültiges Mandat vor: nicht erteilt oder widerrufen.",
        "There is no valid mandate: the debtor did not give it or revoked it.",
    )),
    "MD02": (_C, _CORRECT, _KEPT, (
        "Gegevens van de machtiging ontbreken of zijn onjuist.",
        "Des données du mandat manquent ou sont incorrectes.",
        "Angaben zum Mandat fehlen oder sind falsch.",
        "Mandate data is missing or wrong.",
    )),
    "MD05": (_C, _NEVER, _KEPT, (
        "Er had niet geïncasseerd mogen worden; de crediteur gaf het terug.",
        "Le prélèvement n'était pas dû ; le créancier l'a restitué.",
        "Die Lastschrift war nicht fällig; der Gläubiger gab sie zurück.",
        "The collection was not due; the creditor gave it back.",
    )),
    "MD06": (_D, _CONTACT, _KEPT, (
        "De betaler vroeg de bank om het bedrag terug.",
        "Le débiteur a demandé le remboursement à sa banque.",
        "Der Zahler hat den Betrag von seiner Bank zurückgefordert.",
        "The debtor asked the bank for the money back.",
    )),
    "MD07": (_D, _NEVER, _ENDED, (
        "De betaler is overleden.",
        "Le débiteur est décédé.",
        "Der Zahler ist verstorben.",
        "The debtor has died.",
    )),
    "MS02": (_D, _CONTACT, _HELD, (
        "De betaler weigerde de incasso.",
        "Le débiteur a refusé le prélèvement.",
        "Der Zahler hat die Lastschrift abgelehnt.",
        "The debtor refused the collection.",
    )),
    "MS03": (_U, _LATER, _KEPT, (
        "De bank van de betaler geeft geen reden; vaak onvoldoende saldo.",
        "La banque du débiteur ne donne pas de motif ; souvent une provision insuffisante.",
        "Die Bank des Zahlers nennt keinen Grund; oft fehlt die Deckung.",
        "The debtor's bank gives no reason; often there is not enough money.",
    )),
    "NARR": (_U, _NEVER, _KEPT, (
        "De bank geeft de reden in woorden; lees de tekst.",
        "La banque donne le motif en toutes lettres ; lisez le texte.",
        "Die Bank nennt den Grund in Worten; bitte den Text lesen.",
        "The bank tells the reason in words; read the text.",
    )),
    "NOAS": (_D, _CONTACT, _KEPT, (
        "De betaler antwoordde niet.",
        "Le débiteur n'a pas répondu.",
        "Der Zahler hat nicht geantwortet.",
        "The debtor did not answer.",
    )),
    "NOOR": (_B, _CORRECT, _KEPT, (
        "De oorspronkelijke incasso is nooit ontvangen.",
        "Le prélèvement d'origine n'a jamais été reçu.",
        "Die ursprüngliche Lastschrift ist nie eingegangen.",
        "The original collection was never received.",
    )),
    "RC01": (_C, _CORRECT, _KEPT, (
        "De BIC is onjuist.",
        "Le BIC est incorrect.",
        "Der BIC ist falsch.",
        "The BIC is wrong.",
    )),
    "RC07": (_C, _CORRECT, _KEPT, (
        "De BIC van de crediteurbank is onjuist.",
        "Le BIC de la banque du créancier est incorrect.",
        "Der BIC der Gläubigerbank ist falsch.",
        "The BIC of the creditor's bank is wrong.",
    )),
    "RR01": (_C, _CORRECT, _KEPT, (
        "Wettelijk verplicht: rekening of identificatie van de betaler ontbreekt.",
        "Exigence légale : compte ou identification du débiteur manquant.",
        "Gesetzlich verlangt: Konto oder Identifikation des Zahlers fehlt.",
        "Required by law: the debtor's account or identification is missing.",
    )),
    "RR02": (_C, _CORRECT, _KEPT, (
        "Wettelijk verplicht: naam of adres van de betaler ontbreekt.",
        "Exigence légale : nom ou adresse du débiteur manquant.",
        "Gesetzlich verlangt: Name oder Anschrift des Zahlers fehlt.",
        "Required by law: the debtor's name or address is missing.",
    )),
    "RR03": (_C, _CORRECT, _KEPT, (
        "Wettelijk verplicht: naam of adres van de crediteur ontbreekt.",
        "Exigence légale : nom ou adresse du créancier manquant.",
        "Gesetzlich verlangt: Name oder Anschrift des Gläubigers fehlt.",
        "Required by law: the creditor's name or address is missing.",
    )),
    "RR04": (_U, _CONTACT, _HELD, (
        "De bank mag de incasso om wettelijke redenen niet uitvoeren.",
        "La banque ne peut exécuter le prélèvement pour des raisons légales.",
        "Die Bank darf die Lastschrift aus rechtlichen Gründen nicht ausführen.",
        "The bank may not carry out the collection for legal reasons.",
    )),
    "SL01": (_D, _CONTACT, _HELD, (
        "De betaler heeft deze incassant geblokkeerd of een limiet ingesteld.",
        "Le débiteur a bloqué ce créancier ou fixé une limite.",
        "Der Zahler hat diesen Gläubiger gesperrt oder ein Limit gesetzt.",
        "The debtor blocked this creditor or set a limit.",
    )),
    "TM01": (_C, _LATER, _KEPT, (
        "Het bestand kwam na het uiterste uur van de bank.",
        "Le fichier est arrivé après l'heure limite de la banque.",
        "Die Datei kam nach Annahmeschluss der Bank.",
        "The file came after the bank's cut-off time.",
    )),
}  # fmt: skip

REASONS: dict[str, ReasonMeaning] = {
    code: ReasonMeaning(code, dict(zip(LANGUAGES, texts, strict=True)), fault, retry, mandate)
    for code, (fault, retry, mandate, texts) in _TABLE.items()
}
