package io.millrace.perf.group;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What all members of one group were given and what the broker acknowledged to them. It knows nothing of the broker. Used from
 * any thread.
 */
final class Deliveries {
    private static final int VIOLATIONS_MAX = 20;

    /** A partition within a generation belongs to one member. */
    private record Share(int generation, int partition) {}

    private final BitSet[] delivered; // guarded by this, as all that follows
    private final long[] committed;
    private final Map<Share, String> owners = new HashMap<>();
    private final List<String> violations = new ArrayList<>();
    private long count;
    private int lastGeneration;

    Deliveries(int partitions) {
        delivered = new BitSet[partitions];
        committed = new long[partitions];
        for (int i = 0; i < partitions; i++) {
            delivered[i] = new BitSet();
        }
    }

    /**
     * A member has a record.
     *
     * @param generation of the member; negative while it has none, and nobody can say then to whom the partition belongs
     * @param floor the least offset that it may be given, because what is before was committed when it got the partition
     */
    synchronized void onRecord(String member, int generation, int partition, long offset, long floor) {
        count++;
        delivered[partition].set((int) offset);
        if (offset < floor) {
            violation(member + " got partition " + partition + " from " + offset + " on, after a commit of " + floor);
        }
        if (generation >= 0) {
            lastGeneration = Math.max(lastGeneration, generation);
            String owner = owners.putIfAbsent(new Share(generation, partition), member);
            if (owner != null && !owner.equals(member)) {
                violation("generation " + generation + " gave partition " + partition + " to " + owner + " and to "
                        + member);
            }
        }
    }

    /** The broker has acknowledged that a member wants to go on at this offset. */
    synchronized void onCommit(int partition, long offset) {
        committed[partition] = Math.max(committed[partition], offset);
    }

    /** The furthest offset that was acknowledged so far; 0 when none was. */
    synchronized long committed(int partition) {
        return committed[partition];
    }

    /** Compares what was delivered with where the partitions end. */
    synchronized void onEnd(int partition, long end) {
        int missing = (int) end - delivered[partition].cardinality();
        if (missing != 0) {
            violation("partition " + partition + " ends at " + end + ", and " + missing
                    + " of its records reached nobody, the first at " + delivered[partition].nextClearBit(0));
        }
    }

    synchronized void violation(String text) {
        if (violations.size() < VIOLATIONS_MAX) {
            violations.add(text);
        }
    }

    /** What does not hold; empty when all does. */
    synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    synchronized String summary() {
        long different = 0;
        for (BitSet each : delivered) {
            different += each.cardinality();
        }
        return "%,d records, %,d of them more than once, %d generations"
                .formatted(different, count - different, lastGeneration);
    }
}
