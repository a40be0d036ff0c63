"""Floor 2: the panes. They know floor 0 and read-only protocols, post messages, and never reach up."""
