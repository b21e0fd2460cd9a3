"""The real services behind the ports: ClearML and GitHub. Only `gate.connect` imports from here."""
