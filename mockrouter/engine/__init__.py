"""From a request's bytes to the wire that answers it: the product without its sockets."""
