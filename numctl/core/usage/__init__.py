"""Records of voice, messages and data."""
