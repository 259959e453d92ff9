"""The commands that this package adds to `wrapped`, one module each with a `register(app)`."""
