"""What people do with a round on stage."""
