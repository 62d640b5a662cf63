"""Servers that play, or are, the other side: an accounting package, a bank."""
