"""Level 1: a result of any length: sparse rows by absolute index, which pages are wanted, loading, duplicates."""
