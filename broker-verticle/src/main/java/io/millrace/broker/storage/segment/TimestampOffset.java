package io.millrace.broker.storage.segment;

/** A timestamp, and the last offset of the first batch that carries it as its largest. */
public record TimestampOffset(long timestampMs, long offset) {

    /** No record has a timestamp. */
    public static final TimestampOffset NONE = new TimestampOffset(-1, -1);
}
