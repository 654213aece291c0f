"""The online way of holding a round: packages, sittings, attempts, appeals."""
