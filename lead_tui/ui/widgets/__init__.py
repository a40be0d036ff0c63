"""Level 2: table, filter panel, detail, prompt, title bar and status line. They post messages and know nothing of screens."""
