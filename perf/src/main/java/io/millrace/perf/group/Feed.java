package io.millrace.perf.group;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Writes a few records to each partition in turn, again and again. */
final class Feed implements AutoCloseable {
    private static final int PAUSE_MS = 20;
    private static final byte[] VALUE = new byte[100];

    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final Thread thread;
    private volatile boolean closed;

    Feed(String bootstrap, String topic, int partitions) {
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "reconnect.backoff.max.ms", 100),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        thread = new Thread(() -> run(topic, partitions), "feed");
        thread.setDaemon(true);
        thread.start();
    }

    private void run(String topic, int partitions) {
        try {
            while (!closed) {
                for (int partition = 0; partition < partitions; partition++) {
                    producer.send(new ProducerRecord<>(topic, partition, null, VALUE), (metadata, failed) -> {
                        if (failed == null) {
                            acknowledged.incrementAndGet();
                        } else {
                            failure.set(failed);
                        }
                    });
                }
                TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops writing and waits for every answer. */
    void stop() throws InterruptedException {
        closed = true;
        thread.join();
        producer.flush();
    }

    long acknowledged() {
        return acknowledged.get();
    }

    @Nullable
    Exception failure() {
        return failure.get();
    }

    @Override
    public void close() {
        closed = true;
        producer.close();
    }
}
