"""Worlds whose truth is known, drawn many times and judged by the gate's rules and by simpler ones."""
