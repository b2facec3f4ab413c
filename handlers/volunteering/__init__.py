"""Off-peak volunteering: for now its rules; sign-up is not open yet, and says so."""
