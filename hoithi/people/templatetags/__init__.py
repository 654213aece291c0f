"""What templates ask about signatures."""
