"""What the job wrote and what stood there before; rollback reads it."""
