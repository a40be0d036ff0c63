"""Level 0: the catalogue of keys, and the effective keys."""
