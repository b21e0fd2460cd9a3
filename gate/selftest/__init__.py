"""Every call the gate makes, tried once against real services, with what is relied on and whether it held."""

from gate.selftest.step import Outcome, exit_code
from gate.selftest.trial import tried

__all__ = ["Outcome", "exit_code", "tried"]
