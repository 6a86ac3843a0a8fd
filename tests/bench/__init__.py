"""How fast PlanCraft is: `make bench`, one module for each part. Nothing is asserted here."""
