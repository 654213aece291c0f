"""The pages of a round on stage: for everybody, for devices, for those who run it."""
