"""The command line: the table of commands, how a line is read, help, completion, and how a run ends."""
