"""`python -m cli ...`: commands for people and scripts."""
