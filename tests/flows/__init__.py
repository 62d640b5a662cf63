"""Whole roads, on doubles and on real databases."""
