"""What the hub is measured against: the same questions on the same data, without access, masks, provenance or record."""
