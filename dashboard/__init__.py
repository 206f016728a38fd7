"""The front desk: a read-only web application over published snapshots."""
