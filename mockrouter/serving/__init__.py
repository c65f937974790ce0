"""From a wire to a socket: the app, the server, the transport, the control API."""
