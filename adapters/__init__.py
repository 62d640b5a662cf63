"""The ports made real. An adapter knows its own package only."""
