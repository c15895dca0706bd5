"""`--verify`: what scan, history and ci share with `aliscan verify`."""

from __future__ import annotations

import argparse
import math
import sys

from aliscan import folders
from aliscan.finding import AliscanError
from aliscan.i18n import _

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from aliscan.finding import Report
    from aliscan.verify.report import Endpoints, Plan


def add_verify_arguments(parser: argparse.ArgumentParser, *, flag: bool = True) -> None:
    """Add ``--verify`` (unless the command itself says so) and where to ask."""
    group = parser.add_argument_group(title="verification")
    if flag:
        group.add_argument(
            "--verify", action="store_true",
            help="ask Alibaba Cloud whether the keys that were found are live, and whose they are",
        )  # fmt: skip
    group.add_argument(
        "--endpoint", metavar="URL", default="",
        help="STS endpoint: sts.ap-southeast-1.aliyuncs.com, a VPC endpoint ... (default: sts.aliyuncs.com)",
    )  # fmt: skip
    group.add_argument(
        "--model-studio-endpoint", metavar="URL", default="",
        help="where to ask about keys of Model Studio: the address that lists the models, .../v1/models "
        "(default: the four shared ones, one region after the other)",
    )  # fmt: skip
    group.add_argument("--timeout", metavar="SECONDS", type=float, default=10.0, help="for one request")
    group.add_argument("--verify-cache", action="store_true", help="keep answers for an hour, by fingerprint")


def check_timeout(seconds: float) -> float:
    """A time limit that can be waited for; raises AliscanError for another."""
    if not (math.isfinite(seconds) and 0 < seconds <= 3600):
        raise AliscanError(_("--timeout takes a number of seconds, more than 0 and at most 3600."))
    return seconds


def check_verify_arguments(options: argparse.Namespace) -> None:
    """Raises AliscanError for an endpoint or a time limit that cannot be, before a long scan begins."""
    if not options.verify:
        return
    from aliscan.verify.endpoint import check

    check_timeout(options.timeout)
    for endpoint in (options.endpoint, options.model_studio_endpoint):
        if endpoint:
            check(endpoint, path=endpoint is options.model_studio_endpoint)


def verified(report: Report, options: argparse.Namespace) -> Report:
    """The report with the vendor's answers in it. Says first, on stderr, what is sent where."""
    from aliscan.verify.cache import Cache
    from aliscan.verify.client import Client
    from aliscan.verify.identity import STS
    from aliscan.verify.report import Endpoints, plan, verify

    check_verify_arguments(options)
    endpoints = Endpoints(options.endpoint or STS, options.model_studio_endpoint)
    cache = Cache(folders.cache("verify.json") if options.verify_cache else "")
    _announce(plan(report, endpoints, cache), endpoints)
    result = verify(report, Client(timeout=options.timeout), endpoints, cache)
    cache.save()
    return result


def _announce(asking: Plan, endpoints: Endpoints) -> None:
    """Say on stderr what will be sent, where, and through which proxy."""
    from aliscan.verify.endpoint import check
    from aliscan.verify.wire import proxy_shown

    lines = []
    if asking.pairs:
        lines.append(
            _(
                "Asking {endpoint} whose the AccessKeys are that were found: {count} (GetCallerIdentity). "
                "Sent for each: the id, a signature made with the secret, for temporary ones the security "
                "token. The secret is not sent."
            ).format(endpoint=check(endpoints.sts), count=asking.pairs)
        )
    if asking.model_keys:
        lines.append(
            _(
                "Asking Model Studio ({hosts}) which models the keys may use that were found: {count}. It "
                "costs nothing. Sent: the keys."
            ).format(hosts=", ".join(asking.model_hosts), count=asking.model_keys)
        )
    proxy = proxy_shown(check(endpoints.sts)) if lines else ""
    if proxy:
        lines.append(_("All of it goes through the proxy {proxy}.").format(proxy=proxy))
    if asking.known:
        lines.append(_("Answers of the last hour that are used again: {count}.").format(count=asking.known))
    if not lines:
        lines.append(_("Nothing to verify: only pairs, temporary credentials and Model Studio keys can be."))
    for line in lines:
        print(line, file=sys.stderr)
    sys.stderr.flush()
