"""Coverage-guided fuzzing; not run by pytest. See fuzz_detect.py."""
