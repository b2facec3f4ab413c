"""Early warning: complaints that rise or cluster, found by counts against what is usual."""
