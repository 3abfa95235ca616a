"""Tables out of files of other programs: columns, rows, cells, whatever their format."""
