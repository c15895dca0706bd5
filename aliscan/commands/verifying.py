"""`--verify`: what scan, history and ci share with `aliscan verify`."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from aliscan.i18n import _

if TYPE_CHECKING:
    from aliscan.finding import Report


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
    group.add_argument("--model-studio-endpoint", metavar="URL", default="", help=argparse.SUPPRESS)
    group.add_argument("--timeout", metavar="SECONDS", type=float, default=10.0, help="for one request")
    group.add_argument("--verify-cache", action="store_true", help="keep answers for an hour, by fingerprint")


def verified(report: Report, options: argparse.Namespace) -> Report:
    """The report with the vendor's answers in it. Says first, on stderr, what is sent where."""
    from aliscan.verify.cache import Cache
    from aliscan.verify.client import Client, check
    from aliscan.verify.identity import STS
    from aliscan.verify.report import Endpoints, plan, verify

    endpoints = Endpoints(options.endpoint or STS, options.model_studio_endpoint)
    check(endpoints.sts)
    asking = plan(report)
    if not asking.pairs and not asking.model_keys:
        print(
            _("Nothing to verify: only pairs, temporary credentials and Model Studio keys can be."),
            file=sys.stderr,
        )
        return report
    if asking.pairs:
        print(
            _(
                "Asking {endpoint} who {count} AccessKeys are (GetCallerIdentity). Sent: the id, a signature "
                "made with the secret, for temporary ones the security token. The secret is not sent."
            ).format(endpoint=endpoints.sts, count=asking.pairs),
            file=sys.stderr,
        )
    if asking.model_keys:
        print(
            _(
                "Asking Model Studio (dashscope.aliyuncs.com) for the models of {count} keys. Sent: the keys."
            ).format(count=asking.model_keys),
            file=sys.stderr,
        )
    cache = Cache(_cache_path() if options.verify_cache else "")
    result = verify(report, Client(timeout=options.timeout), endpoints, cache)
    cache.save()
    return result


def _cache_path() -> str:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(base, "aliscan", "verify.json")
