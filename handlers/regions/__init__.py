"""Places and their figures: GB/T 2260 divisions, and the numbers each region publishes, with source and period."""
