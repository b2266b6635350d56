package io.millrace.broker.storage;

import java.io.IOException;
import java.io.Serial;

/**
 * Bytes of a log, at a place that was durable, are not what was written. The log must not be served or written: opening it
 * would lose acknowledged records without a word.
 */
public final class CorruptLogException extends IOException {

    @Serial
    private static final long serialVersionUID = 1L;

    public CorruptLogException(String message) {
        super(message);
    }
}
