"""Pages of this room, a module for each kind of thing."""
