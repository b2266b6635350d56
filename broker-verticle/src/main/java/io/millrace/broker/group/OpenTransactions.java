package io.millrace.broker.group;

import io.millrace.broker.group.record.GroupRecord;
import io.millrace.broker.group.record.OffsetRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What was committed within transactions that have not ended, while a log is read: it counts when the marker of the commit
 * comes, and never when the transaction is aborted. By Kafka's rule the place of a record in the log decides which of two
 * offsets is newer, not the place of the marker. Owned by: its loader.
 */
final class OpenTransactions {

    private record Waiting(long at, OffsetRecord record) {}

    private record Place(String group, String topic, int partition) {}

    private final Map<Long, List<Waiting>> byProducer = new HashMap<>();

    /** Where in the log the offset stands that counts, as far as that was read while a transaction was open. */
    private final Map<Place, Long> counting = new HashMap<>();

    /** @param at the record's offset in the log */
    void add(long producerId, long at, OffsetRecord record) {
        byProducer.computeIfAbsent(producerId, id -> new ArrayList<>()).add(new Waiting(at, record));
    }

    /** A record was applied that is in no transaction. */
    void onApplied(long at, GroupRecord record) {
        if (!byProducer.isEmpty() && record instanceof OffsetRecord offset && offset.offset() != null) {
            counting.put(place(offset), at);
        }
    }

    /** Ends the producer's transaction; returns what is to be applied. */
    List<OffsetRecord> end(long producerId, boolean commits) {
        List<Waiting> ended = byProducer.remove(producerId);
        List<OffsetRecord> valid = new ArrayList<>();
        if (ended != null && commits) {
            for (Waiting each : ended) {
                if (isNewest(each)) {
                    valid.add(each.record());
                    onApplied(each.at(), each.record());
                }
            }
        }
        if (byProducer.isEmpty()) {
            counting.clear();
        }
        return valid;
    }

    private boolean isNewest(Waiting waiting) {
        return counting.getOrDefault(place(waiting.record()), -1L) < waiting.at();
    }

    private static Place place(OffsetRecord record) {
        return new Place(record.group(), record.topic(), record.partition());
    }

    /** Transactions of which no end was read. */
    int count() {
        return byProducer.size();
    }
}
