"""Floor 4: the commands beside the app: what they do once the command line is read and everything they need is at hand."""
