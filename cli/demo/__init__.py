"""The main job, end to end: from a pack of documents to an exported book, with a worker killed on the way."""
