"""The application that builds indexes from registry records."""
