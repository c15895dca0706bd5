"""Put a hook in place and take it out again. What was there before is renamed, never rewritten:
the same file, bytes, mode and times, comes back."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable

from aliscan.finding import AliscanError
from aliscan.git import show
from aliscan.hooks import script
from aliscan.i18n import _, reason

KEPT = b".before-aliscan"
_LARGEST = 1 << 20  # no hook of ours is near this; anything larger is somebody else's


def read(path: bytes) -> script.Script | None:
    """What an installed hook of ours says about itself; None for any other file, or none at all."""
    try:
        with open(path, "rb") as file:
            return script.parse(file.read(_LARGEST))
    except (OSError, ValueError):
        return None


def put(folder: bytes, event: str, render: Callable[[bytes], bytes]) -> str:
    """Install the hook for ``event`` in ``folder``. ``render`` gets the name of the hook that is kept.

    Returns ``installed``, ``chained`` (another hook is kept and runs first) or ``renewed`` (it was
    ours already). Never leaves a moment without the hook that was there.
    """
    path = os.path.join(folder, event.encode())
    try:
        os.makedirs(folder, exist_ok=True)
        ours = read(path)
        if ours:
            _write(path, render(ours.kept))
            return "renewed"
        if not os.path.lexists(path):
            _write(path, render(b""))
            return "installed"
        if os.path.isdir(path):
            raise AliscanError(_("{path} is a folder, not a hook: move it away.").format(path=show(path)))
        kept = _free_name(path)
        try:
            os.link(path, kept, follow_symlinks=False)
        except (OSError, NotImplementedError):  # a file system without hard links
            os.rename(path, kept)
        _write(path, render(os.path.basename(kept)))
        return "chained"
    except OSError as error:
        raise AliscanError(
            _("cannot write the hook {path}: {reason}.").format(path=show(path), reason=_(reason(error)))
        ) from None


def take(folder: bytes) -> list[tuple[bytes, str]]:
    """Take every hook of ours out of ``folder``, also one that another tool has renamed.

    Returns ``(name, what)`` for each: ``removed`` or ``restored``.
    """
    done = []
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return []
    for name in names:
        path = os.path.join(folder, name)
        ours = read(path) if not os.path.isdir(path) else None
        if not ours:
            continue
        kept = os.path.join(folder, os.path.basename(ours.kept))
        try:
            if ours.kept and os.path.lexists(kept):
                os.replace(kept, path)
                done.append((name, "restored"))
            else:
                os.unlink(path)
                done.append((name, "removed"))
        except OSError as error:
            raise AliscanError(
                _("cannot take out the hook {path}: {reason}.").format(
                    path=show(path), reason=_(reason(error))
                )
            ) from None
    return done


def _free_name(path: bytes) -> bytes:
    name, number = path + KEPT, 2
    while os.path.lexists(name):
        name, number = path + KEPT + b"-%d" % number, number + 1
    return name


def _write(path: bytes, text: bytes) -> None:
    temporary = path + b".aliscan-new-%d" % os.getpid()
    try:
        with open(temporary, "xb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o777 & ~_umask())
        os.replace(temporary, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _umask() -> int:
    mask = os.umask(0o22)
    os.umask(mask)
    return mask
