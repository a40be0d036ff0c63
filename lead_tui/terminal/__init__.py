"""Level 1: the terminal and the process: capabilities, output, clipboard, signals, startup and exit."""
