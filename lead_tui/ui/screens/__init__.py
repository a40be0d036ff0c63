"""Floor 3: the main screen and the dialogs."""
