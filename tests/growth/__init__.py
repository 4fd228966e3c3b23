"""How CPU time grows with hostile input: finding the patterns and readers, making inputs for them, measuring."""
