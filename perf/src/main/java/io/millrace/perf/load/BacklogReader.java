package io.millrace.perf.load;

import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/** Reads a full topic from front to end as fast as it comes. Owned by one thread. */
final class BacklogReader {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int EMPTY_POLLS_MAX = 300;
    private static final int WARM_UP_PART = 5;

    private final Consumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private final long recordsOfTopic;
    private final Clock clock;
    private long received;
    private double perSecond;

    BacklogReader(
            Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions, long recordsOfTopic, Clock clock) {
        this.consumer = consumer;
        this.partitions = partitions;
        this.recordsOfTopic = recordsOfTopic;
        this.clock = clock;
        consumer.assign(partitions);
    }

    /** Again and again until it is enough; the last time not to the end. */
    void run(BooleanSupplier isEnough) {
        long start = clock.nanos();
        while (!isEnough.getAsBoolean()) {
            pass(isEnough);
        }
        perSecond = received * 1e9 / (clock.nanos() - start);
    }

    /** From front to end once. Its first fifth is warm-up and not in {@link #perSecond}. */
    void once() {
        pass(() -> false);
    }

    private void pass(BooleanSupplier isEnough) {
        consumer.seekToBeginning(partitions);
        long warmUp = recordsOfTopic / WARM_UP_PART;
        long countedFrom = 0;
        long start = 0;
        int empty = 0;
        long seen = 0;
        while (seen < recordsOfTopic && !isEnough.getAsBoolean()) {
            int count = consumer.poll(POLL).count();
            seen += count;
            empty = count == 0 ? empty + 1 : 0;
            if (empty > EMPTY_POLLS_MAX) {
                throw new IllegalStateException(
                        "received " + seen + " records of " + recordsOfTopic + ", then no more");
            }
            if (start == 0 && seen >= warmUp) {
                countedFrom = seen;
                start = clock.nanos();
            }
        }
        received += seen;
        perSecond = (seen - countedFrom) * 1e9 / (clock.nanos() - start);
    }

    /** Records over all. */
    long received() {
        return received;
    }

    double perSecond() {
        return perSecond;
    }
}
