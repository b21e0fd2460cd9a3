"""Statistics of comparisons: pure functions of counts, by the distributions of scipy."""
