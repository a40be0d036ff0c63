"""Level 1: the token, saved queries, and the state that is kept between sessions."""
