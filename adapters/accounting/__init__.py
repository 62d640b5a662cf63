"""Accounting packages."""
