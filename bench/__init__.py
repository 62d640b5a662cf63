"""Benchmarks: each figure beside a named peer, both measured in the same run."""
