"""Level 0: the model: lead, field, filter, query, page. Pure: no terminal, no network, no files."""
