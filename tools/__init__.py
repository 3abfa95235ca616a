"""What makes the manual's manual pages, pictures and figures: `make docs`."""
