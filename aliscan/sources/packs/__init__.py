"""Reading packs in this process, faster than git prints them: needs the extra ``fast``.

`index` reads what a pack holds, `entries` finds where each entry starts and what it is a delta of,
`plan` cuts the delta families of all packs into tasks, `resolve` turns a family into objects with
bounded memory. Format: git's gitformat-pack(5).

numpy, isal and dulwich are imported here and nowhere else.
"""

from __future__ import annotations

import os

# numpy is used for arithmetic on arrays only, and each thread of its algebra would take memory when it
# is imported; where that fails, OpenBLAS ends the process with exit 1, which here means "found".
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def available() -> bool:
    """Whether the libraries of the extra ``fast`` are installed."""
    from importlib.util import find_spec

    return all(find_spec(name) is not None for name in ("numpy", "isal", "dulwich"))
