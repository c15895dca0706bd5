"""`aliscan disable`: set a leaked AccessKey inactive."""

from __future__ import annotations

import argparse
import re
import shlex
import sys

from aliscan.commands.verifying import check_timeout
from aliscan.finding import ACCESS_KEY_ID, EXIT_CLEAN, EXIT_USAGE, AliscanError, IncompleteError, Secret
from aliscan.git import show
from aliscan.i18n import _

TYPE_CHECKING = False
if TYPE_CHECKING:
    from aliscan.verify.disable import Directory, Owner

_KEY_ID = re.compile(r"LTAI(?:[A-Za-z0-9]{12}|[A-Za-z0-9]{20})|[A-Za-z0-9]{16}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument(
        "key_id", metavar="KEYID", help="the leaked AccessKey id; - reads it from standard input"
    )
    parser.add_argument(
        "--user", metavar="NAME", default="", help="its RAM user, if you know (else all are asked)"
    )
    parser.add_argument("--main-account", action="store_true", help="it is a key of the main account")
    parser.add_argument("--yes", action="store_true", help="do not ask for confirmation")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and change nothing")
    parser.add_argument("--ram-endpoint", metavar="URL", default="", help=argparse.SUPPRESS)
    parser.add_argument("--ims-endpoint", metavar="URL", default="", help=argparse.SUPPRESS)
    parser.add_argument("--timeout", metavar="SECONDS", type=float, default=10.0, help="for one request")


def run(options: argparse.Namespace) -> int:
    """Find the owner, show the last use, ask, disable, say how to undo."""
    from aliscan.verify.acting import acting_identity
    from aliscan.verify.client import Client
    from aliscan.verify.disable import IMS, RAM, Directory, Owner

    key_id = _key_id(options)
    if options.user and options.main_account:
        raise AliscanError(_("--user and --main-account contradict each other; give one."))
    client = Client(timeout=check_timeout(options.timeout))
    directory = Directory(
        client, acting_identity(key_id), options.ram_endpoint or RAM, options.ims_endpoint or IMS
    )
    _announce(directory)
    given = options.user or options.main_account
    owner = Owner(options.user) if given else directory.find(key_id)
    if owner is None:
        raise IncompleteError(
            _(
                "no RAM user of this account has that key: is it the right account? A key of the main "
                "account is seen only with another key of the main account; use one, or the console."
            )
        )
    masked = Secret(key_id.encode()).masked(ACCESS_KEY_ID)
    print(
        _("AccessKey {key} of {whose}. Last used: {used}").format(
            key=masked, whose=_whose(owner), used=show(directory.last_used(key_id, owner).encode())
        )
    )
    if owner.status == "Inactive":
        print(_("It is inactive already: nothing was changed."))
        return EXIT_CLEAN
    if options.dry_run:
        print(_("Dry run: it would be set inactive. Nothing was changed."))
        return EXIT_CLEAN
    if not options.yes and not _confirmed(key_id):
        return EXIT_USAGE
    directory.deactivate(key_id, owner)
    print(_("It is inactive now: programs that use it fail from here on."))
    print(_("To undo it: {undo}").format(undo=_undo(owner)))
    print(_("Next: look through its use in ActionTrail, replace it, and delete it when nothing misses it."))
    return EXIT_CLEAN


def _key_id(options: argparse.Namespace) -> str:
    """The id that was given; raises AliscanError for what is none. It is never printed whole."""
    key_id: str = sys.stdin.readline().strip() if options.key_id == "-" else options.key_id
    if key_id.startswith(("STS.", "TMP.")):
        raise AliscanError(
            _(
                "a temporary id cannot be disabled: take the permissions of its role away until it has "
                "expired; see aliscan advise alibaba-sts-token."
            )
        )
    if not _KEY_ID.fullmatch(key_id):
        raise AliscanError(_("not an AccessKey id: 16 or 24 letters and digits, most begin with LTAI."))
    return key_id


def _announce(directory: Directory) -> None:
    """Say on stderr, before the first request, who asks whom."""
    who = Secret(directory.identity.key_id.encode()).masked(ACCESS_KEY_ID)
    text = _("Asking {ram} and {ims} as {who}. The keys' ids are sent, no secret is.")
    print(text.format(ram=directory.ram, ims=directory.ims, who=who), file=sys.stderr, flush=True)


def _whose(owner: Owner) -> str:
    if owner.is_account:
        return _("the main account")
    return _("RAM user {name}").format(name=show(owner.user.encode("utf-8", "surrogateescape")))


def _undo(owner: Owner) -> str:
    """The command of the vendor's own tool that sets the key active again."""
    if owner.is_account:
        return "aliyun ims UpdateAccessKey --UserAccessKeyId KEYID --Status Active"
    name = shlex.quote(show(owner.user.encode("utf-8", "surrogateescape")))
    return f"aliyun ram UpdateAccessKey --UserAccessKeyId KEYID --Status Active --UserName {name}"


def _confirmed(key_id: str) -> bool:
    if not sys.stdin.isatty():
        print(
            _("Nothing was changed: without a terminal nobody can confirm it; --yes does without."),
            file=sys.stderr,
        )
        return False
    print(_("Type the last four characters of the id to set it inactive: "), end="", flush=True)
    if sys.stdin.readline().strip() == key_id[-4:]:
        return True
    print(_("Not confirmed: nothing was changed."), file=sys.stderr)
    return False
