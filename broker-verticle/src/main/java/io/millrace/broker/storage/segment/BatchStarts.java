package io.millrace.broker.storage.segment;

import java.util.Arrays;

/** Where the batches begin that are about to be copied, in order. Owned by: append thread. */
final class BatchStarts {

    private long[] offsets = new long[4];
    private int[] positions = new int[4];
    private int count;
    private int at;

    void add(long offset, int position) {
        if (count == positions.length) {
            offsets = Arrays.copyOf(offsets, 2 * count);
            positions = Arrays.copyOf(positions, 2 * count);
        }
        offsets[count] = offset;
        positions[count] = position;
        count++;
    }

    /** Moves to the last batch that begins at or before a position; positions only grow until {@link #clear}. */
    void moveTo(int position) {
        while (at + 1 < count && positions[at + 1] <= position) {
            at++;
        }
    }

    long offset() {
        return offsets[at];
    }

    int position() {
        return positions[at];
    }

    void clear() {
        count = 0;
        at = 0;
    }
}
