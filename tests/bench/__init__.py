"""`make bench`: figures as ratios in one run, variants interleaved, medians."""
