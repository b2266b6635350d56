package io.millrace.broker.storage;

/**
 * Where a leader epoch ended.
 *
 * @param epoch the largest epoch of this log that is not above the one asked for (KIP-279), or the one asked for when the
 *     log starts after it
 * @param endOffset first offset that does not belong to it or to an earlier one
 */
public record EpochEnd(int epoch, long endOffset) {

    /** The epoch asked for is newer than any that this log knows. */
    public static final EpochEnd UNDEFINED = new EpochEnd(-1, -1);
}
