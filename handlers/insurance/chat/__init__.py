"""The conversations on insurance: what is asked, how it is understood, how results are put into words."""
