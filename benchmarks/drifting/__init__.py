"""Drift by ours and by its peers on the same predictions, each in a process of its own: parts of `benchmarks.drift`."""
