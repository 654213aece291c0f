"""Plain dataclasses to PDF, Word and Excel in the form of Decree 30/2020. Knows no Django."""
