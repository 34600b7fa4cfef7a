"""The right hand: the answer out, as a map, tables and files."""
