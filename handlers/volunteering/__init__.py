"""Off-peak volunteering: slots, sign-ups, hours, points, certificates (DESIGN section 1)."""
