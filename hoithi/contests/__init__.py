"""The contest, its plan file, categories, rounds, prizes, committee and duties."""
