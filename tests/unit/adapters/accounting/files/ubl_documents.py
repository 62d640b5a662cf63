"""UBL invoices for tests: one document with the parts that a test cares about."""

from __future__ import annotations

_NS = "urn:oasis:names:specification:ubl:schema:xsd:"


def ubl(
    *,
    number: str,
    buyer: str = "17",
    root: str = "Invoice",
    payable: str = "121.00",
    currency: str = "EUR",
    means: str = "",
    extra: str = "",
) -> str:
    """A UBL 2.1 document.

    Args:
        means: PaymentMeans elements.
        extra: elements after the currency code.
    """
    code = (
        "<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>"
        if root == "Invoice"
        else "<cbc:CreditNoteTypeCode>381</cbc:CreditNoteTypeCode>"
    )
    due = "<cbc:DueDate>2026-12-01</cbc:DueDate>" if root == "Invoice" else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<{root} xmlns="{_NS}{root}-2" xmlns:cac="{_NS}CommonAggregateComponents-2" xmlns:cbc="{_NS}CommonBasicComponents-2">
  <cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0</cbc:CustomizationID>
  <cbc:ID>{number}</cbc:ID>
  <cbc:IssueDate>2026-11-01</cbc:IssueDate>
  {due}
  {code}
  <cbc:DocumentCurrencyCode>{currency}</cbc:DocumentCurrencyCode>
  {extra}
  <cac:AccountingSupplierParty><cac:Party>
    <cac:PartyName><cbc:Name>Seller</cbc:Name></cac:PartyName>
  </cac:Party></cac:AccountingSupplierParty>
  <cac:AccountingCustomerParty><cac:Party>
    <cbc:EndpointID schemeID="0208">0123456749</cbc:EndpointID>
    <cac:PartyIdentification><cbc:ID>{buyer}</cbc:ID></cac:PartyIdentification>
    <cac:PartyName><cbc:Name>Bakkerij {buyer}</cbc:Name></cac:PartyName>
    <cac:PostalAddress>
      <cbc:StreetName>Kerkstraat 1</cbc:StreetName><cbc:CityName>Gent</cbc:CityName>
      <cbc:PostalZone>9000</cbc:PostalZone>
      <cac:Country><cbc:IdentificationCode>BE</cbc:IdentificationCode></cac:Country>
    </cac:PostalAddress>
    <cac:PartyTaxScheme><cbc:CompanyID>BE0123456749</cbc:CompanyID></cac:PartyTaxScheme>
    <cac:PartyLegalEntity><cbc:RegistrationName>Bakkerij {buyer} BV</cbc:RegistrationName></cac:PartyLegalEntity>
    <cac:Contact><cbc:ElectronicMail>b{buyer}@example.org</cbc:ElectronicMail></cac:Contact>
  </cac:Party></cac:AccountingCustomerParty>
  {means}
  <cac:LegalMonetaryTotal>
    <cbc:TaxInclusiveAmount currencyID="{currency}">121.00</cbc:TaxInclusiveAmount>
    <cbc:PayableAmount currencyID="{currency}">{payable}</cbc:PayableAmount>
  </cac:LegalMonetaryTotal>
</{root}>
"""
