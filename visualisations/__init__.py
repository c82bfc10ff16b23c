"""What is seen: pages and pictures."""
