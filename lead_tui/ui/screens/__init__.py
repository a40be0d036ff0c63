"""Level 3: the main screen and its controllers, one per feature."""
