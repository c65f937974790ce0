"""What each scenario that comes with the product puts on the wire, read as bytes off a socket."""
