"""XLSForm workbooks, and formr's dialect of them."""
