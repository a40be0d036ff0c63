"""Floor 1: settings, the token, saved queries, remembered state, and where their files lie."""
