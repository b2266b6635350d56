package io.millrace.broker.dispatch;

import io.vertx.core.net.SocketAddress;

/**
 * What a handler may know about the socket that a request came from.
 *
 * @param id unique in this process, for logs
 * @param remote the client's address
 * @param local the address that it connected to
 * @param listener name of the listener, such as {@code PLAINTEXT}: answers name the endpoints of this listener
 */
public record ConnectionInfo(long id, SocketAddress remote, SocketAddress local, String listener) {}
