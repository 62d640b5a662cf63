"""pain.008.001.02: the 2009 version, for banks that still ask for it."""

from __future__ import annotations

from bankfiles.pain008.layout import Layout


class Pain008V02(Layout):
    """Builder of pain.008.001.02."""

    message = "pain.008.001.02"
    namespace = "urn:iso:std:iso:20022:tech:xsd:pain.008.001.02"
    bic_tag = "BIC"
    lei_template = ""
