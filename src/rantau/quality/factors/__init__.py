"""Whether items have factors in common, and how many."""
