"""Level 1: files of leads as a source of pages: an index of where rows begin, a reader for each format, filters compared here."""
