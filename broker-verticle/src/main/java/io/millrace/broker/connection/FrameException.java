package io.millrace.broker.connection;

/** Bytes that cannot be a request: the connection closes. It carries no stack trace, hostile clients cause many. */
final class FrameException extends RuntimeException {

    FrameException(String message) {
        super(message, null, false, false);
    }
}
