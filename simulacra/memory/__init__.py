"""Long-term memory: embedders, indexes, and what comes to mind at a question."""
