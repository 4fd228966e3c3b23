"""What helps to write an adapter: from a recorded visit to a template, a test case, and a description of the page."""
