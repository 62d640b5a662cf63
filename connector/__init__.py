"""sepa-connector: the bridge between accounting packages and SEPA direct debit."""

__version__ = "0.1.0"
