"""Tests against real counterparts; what a machine lacks is skipped with its reason."""
