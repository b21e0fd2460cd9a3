"""How far a service's clock is from ours."""

from __future__ import annotations

from gate.checkup.line import State
from gate.lease import Lease

LEAST = 5.0  # seconds; a header's time is to the second, and an answer takes its time
MOST = Lease.seconds - Lease.request  # what a lease can bear before two workers carry out the same decision


def judged(service: str, skew: float | None) -> tuple[State, str, str]:
    remedy = "set this machine's clock by NTP; leases, sign-ins and rate limits go by it"
    if skew is None:
        return State.UNSURE, f"{service} says no time", "compare this machine's clock with another"
    said = f"{abs(skew):.0f} s {'behind' if skew > 0 else 'ahead of'} that of {service}"
    if abs(skew) <= LEAST:
        return State.OK, f"within {LEAST:.0f} s of that of {service}", ""
    return (State.WRONG if abs(skew) > MOST else State.UNSURE), f"this machine's clock is {said}", remedy
