"""Prediction tables to counts: what a table must hold, how two are paired, and the one pass over their rows."""
