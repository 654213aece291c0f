"""The plan file: typed schema, check, load, export. Knows no Django."""
