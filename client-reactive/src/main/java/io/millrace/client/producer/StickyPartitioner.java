package io.millrace.client.producer;

import java.util.random.RandomGenerator;

/**
 * Chooses partitions for the records of one topic that have no key (KIP-794). It stays with a partition until that has
 * got as many bytes as a batch takes, so that batches become full, and then chooses another one by chance: the fewer
 * batches wait for a partition, the likelier. So a slow broker gets less, and not, because its batches are slow to leave, more.
 *
 * <p>Owned by: the producer's event loop.
 */
final class StickyPartitioner {
    private static final int NONE = -1;

    private final int stickyBytes;
    private final boolean adaptive;
    private final RandomGenerator random;

    private int current = NONE;
    private long producedBytes;

    /** Running sums of the chances of partitions; kept, as the number of partitions hardly changes. */
    private int[] sums = new int[0];

    /**
     * @param stickyBytes after which another partition is chosen, at least 1
     * @param adaptive whether waiting batches count; else all partitions with a leader are as likely
     */
    StickyPartitioner(int stickyBytes, boolean adaptive, RandomGenerator random) {
        if (stickyBytes < 1) {
            throw new IllegalArgumentException("to stay with a partition for " + stickyBytes + " bytes: at least 1");
        }
        this.stickyBytes = stickyBytes;
        this.adaptive = adaptive;
        this.random = random;
    }

    /** The partition of the next record. */
    int partition(PartitionLoad load) {
        if (current == NONE || current >= load.partitionCount()) {
            current = choose(load);
            producedBytes = 0;
        }
        return current;
    }

    /**
     * A record has gone to the partition that was chosen.
     *
     * @param endsBatch whether it stands alone in a batch or its batch can take no more: to leave in the middle of a
     *     batch would make two small ones. Twice the bytes are enough in any case, else records with keys, which share
     *     the batches, could hold the choice for ever.
     */
    void produced(int bytes, boolean endsBatch) {
        producedBytes += bytes;
        if ((producedBytes >= stickyBytes && endsBatch) || producedBytes >= 2L * stickyBytes) {
            current = NONE;
        }
    }

    private int choose(PartitionLoad load) {
        int count = load.partitionCount();
        int longest = 0;
        int available = 0;
        for (int i = 0; i < count; i++) {
            if (load.isAvailable(i)) {
                longest = Math.max(longest, weighedQueue(load, i));
                available++;
            }
        }
        if (available == 0) {
            return random.nextInt(count);
        }
        if (sums.length < count) {
            sums = new int[count];
        }
        int sum = 0;
        for (int i = 0; i < count; i++) {
            if (load.isAvailable(i)) {
                sum += longest + 1 - weighedQueue(load, i);
            }
            sums[i] = sum;
        }
        return firstAbove(random.nextInt(sum), count);
    }

    /** Queues beyond this are all alike, and sums stay within an int. */
    private int weighedQueue(PartitionLoad load, int partition) {
        return adaptive ? Math.min(load.queuedBatches(partition), 1_000) : 0;
    }

    private int firstAbove(int value, int count) {
        int low = 0;
        int high = count - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sums[middle] > value) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
