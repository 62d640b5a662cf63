"""pain.008.001.08: the 2019 version, base of the EPC guidelines in force."""

from __future__ import annotations

from bankfiles.pain008.layout import Layout


class Pain008V08(Layout):
    """Builder of pain.008.001.08."""

    message = "pain.008.001.08"
    namespace = "urn:iso:std:iso:20022:tech:xsd:pain.008.001.08"
    bic_tag = "BICFI"
    lei_template = "<Id><OrgId><LEI>{}</LEI></OrgId></Id>"
