"""Where bytes come from: files, staged objects, commits, histories, text. Nothing here knows credentials."""
