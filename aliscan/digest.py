"""SHA-256 without OpenSSL, whose library takes longer to load than a hook to run.

Python's own module, where this version has one, as `random` of the standard library takes it.
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from hashlib import sha256 as sha256
else:
    try:
        from _sha2 import sha256 as sha256  # Python 3.12
    except ImportError:
        try:
            from _sha256 import sha256 as sha256
        except ImportError:
            from hashlib import sha256 as sha256
