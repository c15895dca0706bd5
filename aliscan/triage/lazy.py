"""Triage that costs nothing until there is something to judge: the hook's way.

Almost every commit is clean; its hook must not read, parse or even import a configuration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from aliscan.detect import Limits
    from aliscan.finding import Blob, Finding, Gap, Match, Report
    from aliscan.triage.policy import Policy


class Triage:
    """A policy that is loaded when it is first needed, once."""

    def __init__(self, load: Callable[[], Policy]) -> None:
        """``load`` may raise AliscanError; it comes out of whatever asked first."""
        self._load = load
        self._policy: Policy | None = None

    @property
    def policy(self) -> Policy:
        """The policy, loaded now if it was not."""
        if self._policy is None:
            self._policy = self._load()
        return self._policy

    def judge(self, blob: Blob, match: Match) -> Finding:
        """See `Policy.judge`."""
        return self.policy.judge(blob, match)

    def limits(self) -> Limits:
        """See `Policy.limits`; asked only for a blob that holds an anchor."""
        return self.policy.limits

    def finish(self, report: Report) -> Report:
        """See `Policy.finish`; a report without findings stays as it is."""
        return self.policy.finish(report) if report.findings or self._policy else report

    def watch(self, items: Iterable[Blob | Gap]) -> Iterator[Blob | Gap]:
        """The items of a source, each noted by the policy on its way (`Policy.note`)."""
        from aliscan.finding import Blob

        for item in items:
            if isinstance(item, Blob):
                self.policy.note(item)
            yield item
