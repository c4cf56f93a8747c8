"""Selection: candidates scored for coherence and distinctness, ranked, the best kept."""
