package io.millrace.perf.crash;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares one partition, read from its first offset to its end, with the ledger. It knows nothing of the broker.
 *
 * <p>Every acknowledged record is there exactly once, at the offset of its acknowledgement; a record that was not
 * acknowledged at most once; the records of one writer in the order of sending; offsets without gaps; every byte as sent.
 */
final class PartitionCheck {
    private static final int VIOLATIONS_MAX = 20;

    private final Ledger ledger;
    private final int partition;
    private final Map<Integer, boolean[]> seen = new HashMap<>();
    private final Map<Integer, Integer> last = new HashMap<>();
    private final List<String> violations = new ArrayList<>();
    private long nextOffset;

    PartitionCheck(Ledger ledger, int partition) {
        this.ledger = ledger;
        this.partition = partition;
    }

    /** The next record of the log. */
    void onRecord(long offset, byte[] value) {
        if (offset != nextOffset) {
            violation("offset " + offset + " follows " + (nextOffset - 1));
        }
        nextOffset = offset + 1;
        if (value.length < 12) {
            violation("offset " + offset + " holds " + value.length + " bytes that were never sent");
            return;
        }
        RecordId id = RecordId.of(value);
        if (id.partition() != partition || !wasSent(id)) {
            violation("offset " + offset + " holds " + id + ", which was never sent here");
        } else if (!Arrays.equals(value, id.value())) {
            violation("offset " + offset + " holds " + id + " with changed bytes");
        } else {
            onKnown(offset, id);
        }
    }

    private boolean wasSent(RecordId id) {
        return id.number() >= 0
                && ledger.has(id.writer(), partition)
                && id.number() < ledger.lane(id.writer(), partition).sent();
    }

    private void onKnown(long offset, RecordId id) {
        Lane lane = ledger.lane(id.writer(), partition);
        boolean[] numbers = seen.computeIfAbsent(id.writer(), w -> new boolean[lane.sent()]);
        if (numbers[id.number()]) {
            violation("offset " + offset + " holds " + id + " a second time");
            return;
        }
        numbers[id.number()] = true;
        int before = last.getOrDefault(id.writer(), -1);
        if (id.number() < before) {
            violation("offset " + offset + " holds " + id + " after number " + before);
        }
        last.put(id.writer(), id.number());
        long promised = lane.offset(id.number());
        if (promised >= 0 && promised != offset) {
            violation("offset " + offset + " holds " + id + ", acknowledged at " + promised);
        }
    }

    /** At the end of the partition. @return what does not hold, empty when all does */
    List<String> finish() {
        for (int writer : ledger.writers(partition)) {
            Lane lane = ledger.lane(writer, partition);
            boolean[] numbers = seen.getOrDefault(writer, new boolean[0]);
            for (int number = 0; number < lane.sent(); number++) {
                boolean there = number < numbers.length && numbers[number];
                if (!there && lane.offset(number) != Lane.UNKNOWN) {
                    violation(new RecordId(writer, partition, number) + ", acknowledged at " + lane.offset(number)
                            + ", is lost (the log ends at " + nextOffset + ")");
                }
            }
        }
        return violations;
    }

    long records() {
        return nextOffset;
    }

    private void violation(String what) {
        if (violations.size() < VIOLATIONS_MAX) {
            violations.add("partition " + partition + ": " + what);
        }
    }
}
