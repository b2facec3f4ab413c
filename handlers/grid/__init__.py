"""Grid helpers (流动网格员): reports of what is wrong in the street, with place and picture, and Open311 for them."""
