"""Instruments: read, shown, routed, and the replies to them read."""
