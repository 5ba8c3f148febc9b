"""The built-in model: it composes by rules, from the facts and passages of the brief alone."""
