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
    return message if language() == "en" else _catalogue().gettext(message)


def N_(message: str) -> str:
    """Mark a msgid that stands in a table for the catalogue; `_` translates it when it is shown."""
    return message


@cache
def _catalogue() -> NullTranslations:
    import gettext

    folder = os.path.join(os.path.dirname(__file__), "locale")
    return gettext.translation("aliscan", folder, languages=["zh_CN"], fallback=True)
