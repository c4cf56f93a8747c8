"""How answers behave as measurements: reliability, response styles, factors, retests."""
