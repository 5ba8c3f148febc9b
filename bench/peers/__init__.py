"""Other ways to make a save durable, on the same work as ours.

Each peer is a server process that answers over HTTP. It checks the token and the right, decides with `domain`, makes
the command durable in its own way, writes to the same kind of store by `Store.record`, and answers with the revision.
"""
