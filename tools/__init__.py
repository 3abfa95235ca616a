"""What draws the manual's pictures (`tools.pictures`) and manual pages (`tools.manpages`)."""
