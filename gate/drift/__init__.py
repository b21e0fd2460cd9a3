"""Drift: how far the world has moved away from a model, and what that costs. Pure functions of counts."""

from gate.drift.drift import Drift
from gate.drift.judgement import Sign, State
from gate.drift.terms import Watch

__all__ = ["Drift", "Sign", "State", "Watch"]
