"""Carry out the plan, batch by batch, with a guard on what each wrote."""
