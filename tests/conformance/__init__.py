"""What every adapter must do, whatever its source is."""
