"""RDS: databases, snapshots, copies, shares and the quotas on them."""
