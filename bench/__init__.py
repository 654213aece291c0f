"""Figures as ratios of one run."""
