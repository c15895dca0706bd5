"""What to do about a finding, in English and Chinese."""
