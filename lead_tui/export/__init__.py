"""Level 1: exports of leads as CSV, JSON, JSON lines, a table or a workbook, and the partial file from which one resumes."""
