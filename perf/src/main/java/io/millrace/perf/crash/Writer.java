package io.millrace.perf.crash;

import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * One idempotent Java producer with a thread that keeps it busy on every partition. It lives through the deaths of the
 * broker: what was in flight is retried by the producer itself.
 */
final class Writer implements AutoCloseable {
    private static final int OUTSTANDING_MAX = 1500;
    private static final String[] CODECS = {"none", "gzip", "snappy", "lz4", "zstd"};

    private final int id;
    private final String topic;
    private final int partitions;
    private final Ledger ledger;
    private final SplittableRandom random;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Semaphore outstanding = new Semaphore(OUTSTANDING_MAX);
    private final AtomicLong failures = new AtomicLong();
    private final AtomicReference<@Nullable Exception> lastFailure = new AtomicReference<>();
    private final Object gate = new Object();
    private final Thread thread;
    private boolean open = true; // guarded by gate, as the next two
    private boolean resting;
    private volatile boolean closed;

    Writer(int id, String bootstrap, String topic, int partitions, Ledger ledger, SplittableRandom random) {
        this.id = id;
        this.topic = topic;
        this.partitions = partitions;
        this.ledger = ledger;
        this.random = random;
        this.producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrap,
                        "acks",
                        "all",
                        "enable.idempotence",
                        true,
                        "max.in.flight.requests.per.connection",
                        5,
                        "compression.type",
                        CODECS[random.nextInt(CODECS.length)],
                        "batch.size",
                        1 << (10 + random.nextInt(6)),
                        "linger.ms",
                        random.nextInt(4),
                        "delivery.timeout.ms",
                        120_000,
                        "request.timeout.ms",
                        10_000,
                        "reconnect.backoff.max.ms",
                        100),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        this.thread = new Thread(this::run, "writer-" + id);
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (awaitOpen()) {
                outstanding.acquire();
                send(random.nextInt(partitions));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            if (!closed) {
                lastFailure.set(e);
                failures.incrementAndGet();
            }
        }
    }

    private boolean awaitOpen() throws InterruptedException {
        synchronized (gate) {
            while (!open && !closed) {
                resting = true;
                gate.notifyAll();
                gate.wait();
            }
            resting = false;
            return !closed;
        }
    }

    private void send(int partition) {
        Lane lane = ledger.lane(id, partition);
        int number = lane.next();
        byte[] value = new RecordId(id, partition, number).value();
        producer.send(new ProducerRecord<>(topic, partition, null, value), (metadata, failure) -> {
            outstanding.release();
            if (failure == null) {
                lane.acknowledged(number, metadata.hasOffset() ? metadata.offset() : Lane.SOMEWHERE);
            } else if (!closed) {
                lastFailure.set(failure);
                failures.incrementAndGet();
            }
        });
    }

    /** Stops sending and waits until every record is answered. @return whether that happened in time */
    boolean pause(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        synchronized (gate) {
            open = false;
            while (!resting && thread.isAlive() && System.nanoTime() < deadline) {
                gate.wait(100);
            }
        }
        long left = Math.max(0, deadline - System.nanoTime());
        boolean answered = outstanding.tryAcquire(OUTSTANDING_MAX, left, java.util.concurrent.TimeUnit.NANOSECONDS);
        if (answered) {
            outstanding.release(OUTSTANDING_MAX);
        }
        return answered;
    }

    void resume() {
        synchronized (gate) {
            open = true;
            gate.notifyAll();
        }
    }

    /** Records whose send ended in an error: their outcome is unknown. */
    long failures() {
        return failures.get();
    }

    @Nullable
    Exception lastFailure() {
        return lastFailure.get();
    }

    /** Ends at once, as a client that dies would: what is in flight stays unknown. */
    @Override
    public void close() {
        closed = true;
        resume();
        thread.interrupt();
        producer.close(Duration.ZERO);
    }
}
