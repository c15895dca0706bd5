"""The plugin classes: one a rule, because detect-secrets knows a finding's type by its class."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, cast

from detect_secrets.constants import VerifiedResult
from detect_secrets.core.potential_secret import PotentialSecret
from detect_secrets.plugins.base import BasePlugin
from detect_secrets.util.code_snippet import CodeSnippet

from aliscan.plugin.filters import spare_ours
from aliscan.plugin.found import in_file, in_snippet


def classes(path: str) -> dict[str, type]:
    """A class for every rule, by its name. ``path`` is the file that detect-secrets loads them from."""
    from aliscan.detect.rules import all_rules

    spare_ours()
    made: dict[str, type] = {}
    for rule in all_rules():
        name = "".join(word.capitalize() for word in rule.id.split("-"))
        made[name] = type(name, (_Detector,), {"secret_type": rule.id, "_path": path, "__doc__": rule.title})
    return made


class _Detector(BasePlugin):  # type: ignore[misc]
    """Reports what aliscan finds for one rule. Never opens a connection, whatever is configured."""

    secret_type = ""
    _path = ""

    def analyze_string(self, string: str) -> Iterator[str]:
        """Yield the values of this rule in one line of text."""
        return (hit.value for hit in in_snippet(string, None) if hit.rule == self.secret_type)

    def analyze_line(
        self, filename: str, line: str, line_number: int = 0, context: CodeSnippet | None = None, **_: Any
    ) -> set[PotentialSecret]:
        """What of this rule belongs to a line of a file."""
        found = in_file(filename)
        if found is not None and found.shows(line_number, line):
            hits = found.at(line_number)
        elif found is None and os.path.isfile(filename):
            return set()
        else:
            hits = in_snippet(line, context)
        return {
            PotentialSecret(self.secret_type, filename, hit.value, hit.line if found else line_number)
            for hit in hits
            if hit.rule == self.secret_type
        }

    def verify(self, secret: str) -> VerifiedResult:
        """Nothing is ever sent anywhere: a key that was found stays unverified (`aliscan verify` asks)."""
        return VerifiedResult.UNVERIFIED

    def json(self) -> dict[str, Any]:
        """What a baseline says of this plugin: a path below the current folder is given relative to it,

        so that a plugin file kept in the repository is found by everybody who has the repository.
        """
        settings = cast("dict[str, Any]", super().json())
        here = os.path.realpath(os.getcwd()) + os.sep
        path = os.path.realpath(self._path)
        if path.startswith(here):
            settings["path"] = "file://" + path.removeprefix(here).replace(os.sep, "/")
        return settings
