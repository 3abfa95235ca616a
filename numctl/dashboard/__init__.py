"""The dashboard: one page, or one picture, of how numbers are used.

``figures`` gathers what is shown into a plain value while the store is read; ``page`` and ``picture``
turn that value into text afterwards, and know no store.
"""

from __future__ import annotations
