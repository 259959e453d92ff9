"""Measurements of the hiscores location; `python -m bench` in its folder prints them."""
