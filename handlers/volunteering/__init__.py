"""Off-peak volunteering: slots, sign-ups, hours, points, certificates."""
