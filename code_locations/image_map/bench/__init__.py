"""What the image map costs: `python -m bench` in the location's folder, or `make bench` in the root."""
