"""What maintainers run on the repository; no part of the program."""
