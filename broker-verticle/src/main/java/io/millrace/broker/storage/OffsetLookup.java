package io.millrace.broker.storage;

/**
 * An answer to "which offset", as ListOffsets wants it.
 *
 * @param timestampMs timestamp of the record found, -1 where the question was not about time
 * @param leaderEpoch epoch of the batch at that offset, -1 when unknown
 */
public record OffsetLookup(long offset, long timestampMs, int leaderEpoch) {

    /** No such record. */
    public static final OffsetLookup NONE = new OffsetLookup(-1, -1, -1);
}
