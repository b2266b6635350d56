package io.millrace.perf.load;

import io.millrace.perf.result.Latency;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Sends records at times that are fixed beforehand, and times each from the moment at which it should have been sent. If
 * the broker or the client stalls, the records that had to wait are late by as much as a user's would be: nothing is left
 * out because nobody asked (coordinated omission).
 *
 * <p>{@link #run} belongs to one thread, the callbacks to the client's. With no interval the next record is due at once,
 * which makes it a closed loop: the client's buffer is the bound, and latencies say how deep that is.
 */
final class OpenLoop {
    private final Producer<byte[], byte[]> producer;
    private final RecordSource records;
    private final Clock clock;
    private final long intervalNanos;
    private final Histogram acks = Latency.newHistogram();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private long measureFrom;
    private long measureUntil;
    private long sent;
    private volatile long lastAckNanos;

    /** Where records come from; asked in the order of sending. */
    interface RecordSource {
        ProducerRecord<byte[], byte[]> next(long intendedNanos);
    }

    /** @param intervalNanos between two records; 0 for none */
    OpenLoop(Producer<byte[], byte[]> producer, RecordSource records, Clock clock, long intervalNanos) {
        this.producer = producer;
        this.records = records;
        this.clock = clock;
        this.intervalNanos = intervalNanos;
    }

    /**
     * Sends from {@code start} until {@code end}, then waits for what is on its way. Records that should have been sent from
     * {@code measureFrom} on count.
     *
     * @throws Exception the first that the client reported
     */
    void run(long start, long from, long end) throws Exception {
        measureFrom = from;
        measureUntil = end;
        long intended = start;
        while (intended - end < 0 && failure.get() == null) {
            long now = clock.nanos();
            if (intervalNanos == 0) {
                intended = now;
            } else if (intended - now > 0) {
                clock.park(intended - now);
                continue;
            }
            send(intended);
            intended += intervalNanos;
        }
        producer.flush();
        Exception failed = failure.get();
        if (failed != null) {
            throw failed;
        }
    }

    private void send(long intended) {
        sent++;
        producer.send(records.next(intended), (metadata, exception) -> {
            if (exception != null) {
                failure.compareAndSet(null, exception);
            } else if (intended - measureFrom >= 0) {
                long now = clock.nanos();
                Latency.record(acks, now - intended);
                lastAckNanos = now;
            }
        });
    }

    long sent() {
        return sent;
    }

    /** Of records that count; to be read after {@link #run}. */
    Histogram acks() {
        return acks;
    }

    /** Acknowledged records a second, from the first that counts until the last was acknowledged. */
    double acknowledgedPerSecond() {
        long end = Math.max(measureUntil, lastAckNanos);
        return acks.getTotalCount() * 1e9 / (end - measureFrom);
    }
}
