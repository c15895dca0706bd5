"""Messages in the user's language: English in the source, Simplified Chinese in aliscan/locale.

``_`` is called when a message is shown, never at import; gettext itself is imported only for Chinese.
"""

from __future__ import annotations

import os
from contextvars import ContextVar
from functools import cache

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from gettext import NullTranslations

LANGUAGES = ("en", "zh")
_chosen: ContextVar[str | None] = ContextVar("aliscan_language", default=None)


def use(language: str) -> None:
    """Choose ``en`` or ``zh`` for the rest of this run (``--lang``)."""
    _chosen.set(language)


def language() -> str:
    """The language of messages: what `use` chose, else ALISCAN_LANG, else the locale; ``en`` or ``zh``."""
    chosen = _chosen.get()
    if chosen:
        return chosen
    for name in ("ALISCAN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def _(message: str) -> str:
    """``message`` in the user's language; the English msgid itself where there is no translation."""
    if language() == "en" or not message:
        return message
    if isinstance(message, Said):
        return _catalogue().gettext(message.msgid).format(**{k: _(v) for k, v in message.values.items()})
    return _catalogue().gettext(message)


def N_(message: str) -> str:
    """Mark a msgid that stands in a table for the catalogue; `_` translates it when it is shown."""
    return message


class Said(str):
    """An English sentence that remembers how it was made, so that `_` can still translate it."""

    msgid: str
    values: dict[str, str]


def said(msgid: str, **values: object) -> Said:
    """``msgid`` with ``values`` filled in: a sentence that is kept in English, as the reason of a gap is,
    and translated with what stands in it when `_` is asked for it."""
    words = {name: value if isinstance(value, str) else str(value) for name, value in values.items()}
    sentence = Said(msgid.format(**words))
    sentence.msgid, sentence.values = msgid, words
    return sentence


# What the system says of files, in the words of its C library.
REASONS = (
    N_("No such file or directory"),
    N_("Permission denied"),
    N_("Operation not permitted"),
    N_("Is a directory"),
    N_("Not a directory"),
    N_("File exists"),
    N_("No space left on device"),
    N_("Disk quota exceeded"),
    N_("File too large"),
    N_("File name too long"),
    N_("Read-only file system"),
    N_("Too many levels of symbolic links"),
    N_("Too many open files"),
    N_("Input/output error"),
    N_("Cannot allocate memory"),
    N_("Stale file handle"),
)


def reason(error: BaseException) -> str:
    """What the system says of an OSError, a msgid where it is a usual one; else the kind of error."""
    return getattr(error, "strerror", None) or type(error).__name__


@cache
def _catalogue() -> NullTranslations:
    import gettext

    folder = os.path.join(os.path.dirname(__file__), "locale")
    return gettext.translation("aliscan", folder, languages=["zh_CN"], fallback=True)
