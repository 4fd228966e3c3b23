"""What helps to write an adapter: from a recorded visit to a draft, a test case and a description of the page."""
