"""What is seen of a running process from outside: log lines with ids, traces, metrics. It decides nothing."""
