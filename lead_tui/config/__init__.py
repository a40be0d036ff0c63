"""Level 1: settings, paths and the site's policy."""
