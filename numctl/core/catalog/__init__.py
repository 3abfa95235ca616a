"""What numbers refer to: organizations and scope, series, users."""
