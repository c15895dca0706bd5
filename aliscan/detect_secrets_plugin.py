"""The file to name to detect-secrets: ``detect-secrets scan -p "$(aliscan plugin-path)"``.

detect-secrets runs this file by its path, and takes every plugin class that it finds in it.
"""

from __future__ import annotations

import os
import sys

try:
    from aliscan.plugin.detectors import classes as _classes
except ModuleNotFoundError as _error:
    if _error.name != "aliscan":
        raise
    # detect-secrets is installed in an environment of its own, without aliscan: we stand beside it
    sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    from aliscan.plugin.detectors import classes as _classes

globals().update(_classes(__file__))
