"""Ours and its peers on the same predictions, each in a process of its own: the parts of `benchmarks.evaluate`."""
