"""Level 3: the dialogs."""
