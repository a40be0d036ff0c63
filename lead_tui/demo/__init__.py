"""Floor 1: an embedded Convoso over invented leads, computed and never stored."""
