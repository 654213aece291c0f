"""Settings, urls, command line: knows everybody, known by nobody."""
