"""Statistics of the field, each with its source; data are arrays in which NaN is missing."""
