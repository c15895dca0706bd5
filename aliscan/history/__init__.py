"""The whole history: every object looked at once by several processes, then the story of each leak."""
