"""aliscan finds Alibaba Cloud credentials in files, commits and whole histories.

Nothing is imported here: the hook on a clean commit must start in milliseconds.
"""
