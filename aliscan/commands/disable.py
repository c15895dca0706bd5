"""`aliscan disable`: set a leaked AccessKey inactive."""

from __future__ import annotations

import argparse
import re
import sys

from aliscan.finding import ACCESS_KEY_ID, EXIT_CLEAN, EXIT_USAGE, AliscanError, IncompleteError, Secret
from aliscan.git import show
from aliscan.i18n import _

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
    from aliscan.verify.client import Client
    from aliscan.verify.disable import IMS, RAM, Directory, Owner, acting_identity

    key_id = sys.stdin.readline().strip() if options.key_id == "-" else options.key_id
    if not _KEY_ID.fullmatch(key_id):
        raise AliscanError(_("not an AccessKey id: 16 or 24 letters and digits, most begin with LTAI."))
    if options.user and options.main_account:
        raise AliscanError(_("--user and --main-account contradict each other; give one."))
    identity = acting_identity(key_id)
    client = Client(timeout=options.timeout)
    directory = Directory(client, identity, options.ram_endpoint or RAM, options.ims_endpoint or IMS)
    if options.user or options.main_account:
        owner: Owner | None = Owner(options.user)
    else:
        owner = directory.find(key_id)
    if owner is None:
        raise IncompleteError(
            _("no user of this account has that key, nor has the account itself: is it the right account?")
        )
    whose = (
        _("the main account")
        if owner.is_account
        else _("RAM user {name}").format(name=show(owner.user.encode()))
    )
    used = directory.last_used(key_id, owner) or _("the vendor does not say")
    masked = Secret(key_id.encode()).masked(ACCESS_KEY_ID)
    print(_("AccessKey {key} of {whose}. Last used: {used}").format(key=masked, whose=whose, used=used))
    if options.dry_run:
        print(_("Dry run: it would be set inactive. Nothing was changed."))
        return EXIT_CLEAN
    if not options.yes and not _confirmed(key_id):
        print(_("Not confirmed: nothing was changed."), file=sys.stderr)
        return EXIT_USAGE
    directory.deactivate(key_id, owner)
    print(_("It is inactive now: programs that use it fail from here on."))
    undo = "aliyun ram UpdateAccessKey --UserAccessKeyId KEYID --Status Active"
    print(
        _("To undo it: {undo}{user}").format(
            undo=undo, user=f" --UserName {show(owner.user.encode())}" if owner.user else ""
        )
    )
    print(_("Next: look through its use in ActionTrail, replace it, and delete it when nothing misses it."))
    return EXIT_CLEAN


def _confirmed(key_id: str) -> bool:
    if not sys.stdin.isatty():
        return False
    print(_("Type the last four characters of the id to set it inactive: "), end="", flush=True)
    return sys.stdin.readline().strip() == key_id[-4:]
