"""Which files a patch touches, read from its text alone."""

from __future__ import annotations

import re

HEAD = re.compile(r'^diff --git (?:"a/(?P<quoted>(?:[^"\\]|\\.)*)"|a/(?P<plain>.*?)) (?:"b/.*"|b/.*)$', re.MULTILINE)
NEW = re.compile(r'^\+\+\+ "?b/(?P<path>[^\t"\n]+)"?', re.MULTILINE)
OLD = re.compile(r'^--- "?a/(?P<path>[^\t"\n]+)"?', re.MULTILINE)


def touched(diff: str) -> list[str]:
    """Paths in the order of the text, each once; of a renamed file both."""
    heads = [found["quoted"] or found["plain"] for found in HEAD.finditer(diff)]
    ends = [found["path"] for pattern in (OLD, NEW) for found in pattern.finditer(diff)]
    return list(dict.fromkeys([*heads, *ends]))
