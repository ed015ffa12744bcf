"""AWS Organizations: accounts, units, policies and the events of account changes."""
