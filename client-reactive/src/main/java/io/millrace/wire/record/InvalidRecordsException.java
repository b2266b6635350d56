package io.millrace.wire.record;

import org.jspecify.annotations.Nullable;

/**
 * Thrown while reading the records of a batch whose bytes are not what the header or the format promises. The checksum
 * may be right all the same: then the writer was wrong. Retrying cannot help.
 */
public final class InvalidRecordsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvalidRecordsException(String message) {
        this(message, null);
    }

    /** Bad bytes are cheap to send, so refusing them costs no stack trace. */
    @SuppressWarnings("NullAway") // the JDK takes a null cause
    InvalidRecordsException(String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
    }
}
