"""What was disclosed to whom: found again in the record, told to whom it was about, objected to, recalled, and let go in time."""
