"""Users, units, and who may do what for which unit: grants and approvals by two people."""
