"""What students hand in: found in folders and zips, read whatever is wrong with it, and taken apart into functions."""
