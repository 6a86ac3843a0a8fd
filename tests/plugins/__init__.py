"""What a test run needs before its first test: servers, a database, a browser."""
