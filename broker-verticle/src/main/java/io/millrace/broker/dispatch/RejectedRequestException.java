package io.millrace.broker.dispatch;

/**
 * A request that earns no answer, only the end of its connection: an API or a version that was not advertised, or
 * bytes that are not the message they claim to be. It carries no stack trace, hostile clients cause many.
 */
public final class RejectedRequestException extends RuntimeException {

    public RejectedRequestException(String message) {
        super(message, null, false, false);
    }
}
