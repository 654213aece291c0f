"""Questions, versioned, reviewed and frozen; knows nothing of contests."""
