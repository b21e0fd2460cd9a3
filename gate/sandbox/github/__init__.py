"""A GitHub-compatible server: REST v3 on SQLite and real bare git repositories, git over HTTP, and a few pages."""

from gate.sandbox.github.app import GithubSandbox

__all__ = ["GithubSandbox"]
