"""Level 1: the client of the API: requests, responses, errors, retries, pace. The only package that imports h11."""
