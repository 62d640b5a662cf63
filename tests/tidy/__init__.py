"""Rules over the sources themselves, so that no reader has to watch for them."""
