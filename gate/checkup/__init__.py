"""What `gate doctor` looks at: everything that `gate check` and the dashboard depend on, one line each."""

from gate.checkup.line import Line, State, exit_code
from gate.checkup.patient import Patient
from gate.checkup.rounds import examined

__all__ = ["Line", "Patient", "State", "examined", "exit_code"]
