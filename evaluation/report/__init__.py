"""What is found, as pages that stand alone: of a study, and of an evaluation."""
