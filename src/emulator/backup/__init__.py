"""AWS Backup: plans, jobs, copies and the events that report them."""
