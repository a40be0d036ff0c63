"""Level 2: the widgets: table, filter panel, detail, prompt, title bar and status line. They post messages and know nothing of
screens."""
