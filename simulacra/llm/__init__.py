"""Models behind one port: hosted, embedded, scripted, recorded; and the limits around them."""
