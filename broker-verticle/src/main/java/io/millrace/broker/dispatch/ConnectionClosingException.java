package io.millrace.broker.dispatch;

/** A handler's wish to close the connection without an answer, as Kafka does for a failed Produce with acks=0. */
public final class ConnectionClosingException extends RuntimeException {

    /** @param reason for the log line at debug level */
    public ConnectionClosingException(String reason) {
        super(reason, null, false, false);
    }
}
