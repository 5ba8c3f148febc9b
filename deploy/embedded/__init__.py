"""The embedded stack for one machine."""
