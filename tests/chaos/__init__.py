"""The product under faults, in the manner of Jepsen: many clients, killed parts, a recorded history, and a checker."""
