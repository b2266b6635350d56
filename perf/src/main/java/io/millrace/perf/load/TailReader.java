package io.millrace.perf.load;

import io.millrace.perf.result.Latency;
import java.time.Duration;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads a topic as it is written and times each record from when it should have been sent. Owned by one thread. */
final class TailReader {
    private static final Duration POLL = Duration.ofMillis(100);

    private final Consumer<byte[], byte[]> consumer;
    private final Clock clock;
    private final Histogram endToEnd = Latency.newHistogram();
    private long received;
    private volatile long wanted = Long.MAX_VALUE;
    private long measured;
    private long measureFrom;
    private long lastNanos;

    TailReader(Consumer<byte[], byte[]> consumer, Clock clock) {
        this.consumer = consumer;
        this.clock = clock;
    }

    /** Looks for the front of each partition, so that no record is missed that is sent after this. */
    void assign(List<TopicPartition> partitions) {
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        partitions.forEach(consumer::position);
    }

    /** Reads until all were received that {@link #expect} says. Records sent from that time on count. */
    void run(long from, long giveUpNanos) {
        measureFrom = from;
        lastNanos = from;
        while (received < wanted) {
            var records = consumer.poll(POLL);
            long now = clock.nanos();
            for (ConsumerRecord<byte[], byte[]> record : records) {
                long intended = Stamp.read(record.value());
                if (intended - from >= 0) {
                    measured++;
                    lastNanos = now;
                    Latency.record(endToEnd, now - intended);
                }
            }
            received += records.count();
            if (now - giveUpNanos > 0) {
                throw new IllegalStateException("received " + received + " records of " + wanted + " in time");
            }
        }
    }

    /** All records that there will be. Called from another thread. */
    void expect(long records) {
        wanted = records;
    }

    long received() {
        return received;
    }

    Histogram endToEnd() {
        return endToEnd;
    }

    double receivedPerSecond() {
        return measured == 0 ? 0 : measured * 1e9 / (lastNanos - measureFrom);
    }
}
