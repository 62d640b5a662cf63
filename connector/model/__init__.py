"""The nouns of direct debit as frozen dataclasses with their rules. No database, no network, no clock."""
