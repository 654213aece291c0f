"""What can happen to a hall while people answer: kills, power cuts, full disks, lost databases."""
