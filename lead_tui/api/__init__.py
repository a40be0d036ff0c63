"""Floor 1: the client of the API: parameters, answers, errors, retries, pace. The only place that knows httpx."""
