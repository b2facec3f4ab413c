"""`make crash`: the real service under load, killed again and again; then what people saw against what is stored."""
