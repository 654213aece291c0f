"""The organiser's overview and the live monitor."""
