"""Requests to the wiki and the price service, through the polite client."""
