"""Requests to the OSRS Hiscores: paths, and responses turned into payloads or typed outcomes."""
