"""Names for what a model can say."""

from __future__ import annotations

# What happens to a document when one that it refers to is deleted.
DO_NOTHING = 0
NULLIFY = 1  # the reference is removed
CASCADE = 2  # the document is deleted too
DENY = 3  # the other one cannot be deleted
PULL = 4  # the reference is taken out of a list

# In place of a class: the one in which the field is defined.
RECURSIVE_REFERENCE_CONSTANT = "self"
