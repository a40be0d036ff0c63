"""Floor 1: what is around the program: signals, the terminal and its capabilities, how the process starts and ends."""
