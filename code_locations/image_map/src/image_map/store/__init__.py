"""What the image map reads from and writes to MongoDB: bounded queries and idempotent writes."""
