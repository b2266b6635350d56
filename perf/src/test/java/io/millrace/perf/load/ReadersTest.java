package io.millrace.perf.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ReadersTest {
    private static final TopicPartition PARTITION = new TopicPartition("t", 0);
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");

    @Test
    void timesFromWhenARecordShouldHaveBeenSent() {
        TailReader reader = new TailReader(consumer, clockAt(100 * MS));
        fill(10 * MS, 20 * MS, 30 * MS);
        reader.assign(List.of(PARTITION));
        fill(10 * MS, 20 * MS, 30 * MS);
        reader.expect(3);

        reader.run(20 * MS, 1000 * MS);

        assertThat(reader.received()).isEqualTo(3);
        assertThat(reader.endToEnd().getTotalCount()).isEqualTo(2); // the first is warm-up
        assertThat(reader.endToEnd().getMaxValue()).isBetween(80_000L, 80_100L);
        assertThat(reader.receivedPerSecond()).isEqualTo(25);
    }

    @Test
    void givesUpWhenRecordsAreMissing() {
        TailReader reader = new TailReader(consumer, clockAt(100 * MS));
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        reader.assign(List.of(PARTITION));
        reader.expect(1);
        assertThatThrownBy(() -> reader.run(0, 50 * MS)).hasMessageContaining("received 0 records of 1");
    }

    @Test
    void readsABacklogOnceAndCountsWhatCameAfterTheWarmUp() {
        BacklogReader reader = new BacklogReader(consumer, List.of(PARTITION), 3, clockAt(0, 20 * MS));
        fill(1, 2, 3);

        reader.once();

        assertThat(reader.received()).isEqualTo(3);
    }

    /** Puts a record for each time into the partition, and the consumer to its front. */
    private void fill(long... intended) {
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        if (consumer.assignment().isEmpty()) {
            return;
        }
        for (int i = 0; i < intended.length; i++) {
            consumer.addRecord(
                    new ConsumerRecord<>("t", 0, i, new byte[0], Stamp.write(Stamp.payload(Stamp.BYTES), intended[i])));
        }
    }

    /** Says these times one after the other, and then the last again and again. */
    private static Clock clockAt(long... times) {
        return new Clock() {
            private int next;

            @Override
            public long nanos() {
                return times[Math.min(next++, times.length - 1)];
            }

            @Override
            public void park(long nanos) {
                throw new UnsupportedOperationException("readers do not wait");
            }
        };
    }
}
