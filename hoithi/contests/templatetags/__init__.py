"""What the templates of contests ask for by name."""
