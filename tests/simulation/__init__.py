"""The simulator: its seeds hold, its failures replay, and its checks bite."""
