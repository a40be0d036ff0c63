"""Floor 0: what a lead, a field, a filter, a query and a page are. Pure: no terminal, no network, no files."""
