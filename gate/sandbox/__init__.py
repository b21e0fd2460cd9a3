"""A ClearML-compatible and a GitHub-compatible server on loopback, and the flights world that fills them.

The sandbox is no mock: the gate, the dashboard and any other program talk to it through the real clearml SDK and
the real PyGithub, exactly as they talk to the hosted services.
"""

LOOPBACK = "127.0.0.1"  # every server of the sandbox listens here and nowhere else
