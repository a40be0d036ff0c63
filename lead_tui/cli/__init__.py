"""Level 5: the command line: options, parser, help, and the commands beside the app."""
