"""Reports: each renders a Report and computes nothing new."""
