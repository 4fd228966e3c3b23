"""For the operator: the health of each source (`health`) and Prometheus metrics (`metrics`)."""
