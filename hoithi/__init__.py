"""hoithi runs a contest of a Vietnamese province, from the signed plan to the settled account."""
