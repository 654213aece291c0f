"""The public site: schedule, lists and published results."""
