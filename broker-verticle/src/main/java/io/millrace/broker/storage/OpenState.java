package io.millrace.broker.storage;

/**
 * What the data directory remembers of a log from its last life.
 *
 * @param logStartOffset first offset that may be read; 0 when nothing is remembered
 * @param recoveryPoint everything before this offset was synced; 0 when nothing is remembered
 * @param clean the log was closed in order, with this recovery point as its end
 */
public record OpenState(long logStartOffset, long recoveryPoint, boolean clean) {

    /** Nothing is remembered: all of the log is checked. */
    public static final OpenState UNKNOWN = new OpenState(0, 0, false);
}
