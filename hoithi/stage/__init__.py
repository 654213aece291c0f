"""The live way of holding a round."""
