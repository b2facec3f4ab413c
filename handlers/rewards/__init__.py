"""Rewards: what points are exchanged for, the statement of points, and the monthly list of allowances."""
