package io.millrace.broker.ring;

/**
 * Bounds of one ring.
 *
 * @param slots appends and tasks in flight, a power of two
 * @param bytesMax record bytes in flight; one append may pass it when it is alone, so that no record is too large to go
 * @param batchSlotsMax slots that the append stage takes before it hands on, so that the commit stage has work soon
 */
public record RingOptions(int slots, long bytesMax, int batchSlotsMax) {

    /** 64 MB in flight is half a second of a fast disk. */
    public static final RingOptions DEFAULT = new RingOptions(4096, 64L << 20, 1024);

    public RingOptions {
        if (Integer.bitCount(slots) != 1 || slots < 2 * ShardRing.RESERVED_SLOTS) {
            throw new IllegalArgumentException(
                    "ring of " + slots + " slots: must be a power of two, at least " + 2 * ShardRing.RESERVED_SLOTS);
        }
    }
}
