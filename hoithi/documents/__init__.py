"""Numbered papers with files, and the pure rendering of papers to PDF, Word and Excel."""
