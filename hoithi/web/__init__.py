"""HTML plumbing: base templates, static files, spreadsheets, charts.

A module that knows a word of the contest is in the wrong place here.
"""
