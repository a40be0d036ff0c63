"""Level 1: exports of leads to streams and files, and the partial file from which one resumes."""
