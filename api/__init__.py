"""The application that answers: HTTP API, search page, command line."""
