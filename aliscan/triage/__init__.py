"""What counts: configuration, inline pragmas, baseline. Nothing is dropped, only marked."""
