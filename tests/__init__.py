"""Tests by cost: unit, contract, flows, live; and what they stand on in support."""
