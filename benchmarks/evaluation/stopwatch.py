"""Run a command and print what it cost, as JSON: python -IS stopwatch.py SECONDS COMMAND…

A process inherits the peak memory of the one that starts it, so this one imports next to nothing. What the command
says goes to the standard error; it is killed when the seconds are over.
"""

import json
import os
import signal
import sys
import time

KIB = 1024  # ru_maxrss counts in them on Linux


def main(limit: float, command: list[str]) -> None:
    start = time.perf_counter()
    quiet = [(os.POSIX_SPAWN_DUP2, 2, 1)]
    process = os.posix_spawn(command[0], command, os.environ, file_actions=quiet, setpgroup=0)
    signal.signal(signal.SIGALRM, lambda *_: os.killpg(process, signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, limit)
    try:
        _, status, usage = os.wait4(process, 0)
    except BaseException:
        os.killpg(process, signal.SIGKILL)
        raise
    seconds = time.perf_counter() - start
    processor = usage.ru_utime + usage.ru_stime
    cost = {"seconds": seconds, "processor": processor, "peak": usage.ru_maxrss * KIB / 1e6}
    print(json.dumps({"status": os.waitstatus_to_exitcode(status), "cost": cost | {"finished": seconds < limit}}))


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2:])
