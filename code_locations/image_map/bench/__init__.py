"""The cost of the image map: `python -m bench` in the location's folder, or `make bench` in the root."""
