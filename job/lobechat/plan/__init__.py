"""What will happen to each row, and the conflicts."""
