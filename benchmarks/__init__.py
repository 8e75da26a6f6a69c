"""What the project measures of itself, and what it is measured against."""
