"""`python -m bench`: figures as ratios of one run, and absolute ones beside them.

A measure is a module of `bench.measures` with a function `measure()` that answers its figures.
"""
