"""Level 1: a demo account with sample leads, which are computed and never stored."""
