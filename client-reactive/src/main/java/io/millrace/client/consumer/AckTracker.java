package io.millrace.client.consumer;

/**
 * Which of the delivered records of one partition are done with. Records are acknowledged in any order; what may be
 * committed is the lowest offset that is not.
 *
 * <p>It goes by the offsets that were delivered, never by arithmetic: compaction, aborted transactions and markers leave
 * gaps, and a gap is nothing to wait for. The delivered offsets lie in a ring, in their order. Where they are dense, an
 * acknowledgement finds its place at once; across gaps it searches between the bounds that the distance gives. Each
 * record enters and leaves the ring once, so all else is constant amortised.
 *
 * <p>For one assignment of the partition: the next one has a tracker of its own. Owned by: the consumer's event loop.
 */
final class AckTracker {

    /** Small, as there may be thousands of partitions; it grows with what is in flight. */
    private static final int INITIAL_CAPACITY = 16;

    private final int windowMax;

    private long[] offsets;

    /** When each was delivered, in milliseconds of the consumer's clock. */
    private long[] deliveredMs;

    /** One bit for each place of the ring. */
    private long[] acknowledged;

    /** The place of the lowest that is not acknowledged. */
    private int head;

    private int size;
    private int unacknowledged;

    /** The offset behind everything that was delivered or passed over. */
    private long position;

    /**
     * @param position where reading begins: what is committed if nothing is ever delivered
     * @param windowMax how many records may lie between the lowest that is not acknowledged and the last delivered
     */
    AckTracker(long position, int windowMax) {
        if (position < 0 || windowMax < 1) {
            throw new IllegalArgumentException("a window of " + windowMax + " records from offset " + position);
        }
        this.position = position;
        this.windowMax = windowMax;
        allocate(Integer.highestOneBit(Math.min(windowMax, INITIAL_CAPACITY)));
    }

    /** How many records may be delivered now. */
    int room() {
        return windowMax - size;
    }

    /**
     * A record goes to the application.
     *
     * @param offset behind everything delivered or passed over before
     * @throws IllegalStateException without {@link #room}
     */
    void deliver(long offset, long nowMs) {
        if (size == windowMax) {
            throw new IllegalStateException("all " + windowMax + " records of the window are in flight");
        }
        if (offset < position) {
            throw new IllegalArgumentException("offset " + offset + " where " + position + " is next");
        }
        if (size == offsets.length) {
            grow();
        }
        int place = place(size);
        offsets[place] = offset;
        deliveredMs[place] = nowMs;
        acknowledged[place >> 6] &= ~(1L << place);
        size++;
        unacknowledged++;
        position = offset + 1;
    }

    /** What is before this offset needs nobody's acknowledgement: markers, aborted records, gaps, the end of a batch. */
    void passTo(long offset) {
        position = Math.max(position, offset);
    }

    /**
     * A record is done with.
     *
     * @return false if it was not delivered, or had been acknowledged before: nothing has changed
     */
    boolean acknowledge(long offset) {
        int index = indexOf(offset);
        if (index < 0 || isAcknowledged(place(index))) {
            return false;
        }
        int place = place(index);
        acknowledged[place >> 6] |= 1L << place;
        unacknowledged--;
        dropHead();
        return true;
    }

    /**
     * Everything up to an offset, and that itself, is done with.
     *
     * @return how many records that were not acknowledged before
     */
    int acknowledgeUpTo(long offset) {
        int before = unacknowledged;
        while (size > 0 && offsets[head] <= offset) {
            if (!isAcknowledged(head)) {
                unacknowledged--;
            }
            head = place(1);
            size--;
        }
        dropHead();
        return before - unacknowledged;
    }

    /** What may be committed: the lowest offset that is not acknowledged, else the one to read next. Never falls. */
    long committable() {
        return size == 0 ? position : offsets[head];
    }

    /** Records that were delivered and not acknowledged. */
    int unacknowledged() {
        return unacknowledged;
    }

    /** How long the oldest of those has been out, in milliseconds; 0 if there is none. */
    long oldestAgeMs(long nowMs) {
        return size == 0 ? 0 : Math.max(0, nowMs - deliveredMs[head]);
    }

    /** The index, counted from the head, of a delivered offset that is still in the ring; negative if there is none. */
    private int indexOf(long offset) {
        if (size == 0) {
            return -1;
        }
        long last = offsets[place(size - 1)];
        if (offset < offsets[head] || offset > last) {
            return -1;
        }
        // Offsets differ by 1 or more, so an offset lies no further from either end than its distance to it.
        int high = (int) Math.min(offset - offsets[head], size - 1);
        int low = (int) Math.max(0, size - 1 - (last - offset));
        if (offsets[place(high)] == offset) {
            return high;
        }
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long found = offsets[place(middle)];
            if (found == offset) {
                return middle;
            } else if (found < offset) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    private void dropHead() {
        while (size > 0 && isAcknowledged(head)) {
            head = place(1);
            size--;
        }
    }

    private int place(int index) {
        return (head + index) & (offsets.length - 1);
    }

    private boolean isAcknowledged(int place) {
        return (acknowledged[place >> 6] & (1L << place)) != 0;
    }

    private void grow() {
        long[] oldOffsets = offsets;
        long[] oldTimes = deliveredMs;
        long[] oldBits = acknowledged;
        int oldMask = oldOffsets.length - 1;
        allocate(oldOffsets.length * 2);
        for (int i = 0; i < size; i++) {
            int old = (head + i) & oldMask;
            offsets[i] = oldOffsets[old];
            deliveredMs[i] = oldTimes[old];
            if ((oldBits[old >> 6] & (1L << old)) != 0) {
                acknowledged[i >> 6] |= 1L << i;
            }
        }
        head = 0;
    }

    /** Powers of two, so that the ring wraps by a mask. */
    private void allocate(int capacity) {
        offsets = new long[capacity];
        deliveredMs = new long[capacity];
        acknowledged = new long[(capacity + Long.SIZE - 1) / Long.SIZE];
    }
}
