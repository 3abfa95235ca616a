"""Numbers and files as commands are given them, and the options that commands share."""
