"""The built-in model in conversation: what it says and which tools it calls, by plain rules."""
