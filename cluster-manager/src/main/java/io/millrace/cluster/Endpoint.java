package io.millrace.cluster;

/**
 * Where a broker can be reached by clients.
 *
 * @param listener the listener's name, upper case, for example {@code PLAINTEXT}
 * @param host the advertised host name or address
 * @param port the advertised port, 1 to 65535
 */
public record Endpoint(String listener, String host, int port) {}
