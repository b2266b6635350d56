package io.millrace.perf.suite;

import io.millrace.perf.target.RunningBroker;
import io.millrace.perf.target.Target;
import io.millrace.perf.target.Target.BrokerSetup;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** Starts a broker while a producer already waits for it. */
final class FirstProduce {
    private static final int FILL_MS_MAX = 180_000;

    private FirstProduce() {}

    /**
     * A started broker.
     *
     * @param ms from the start of the process to the first acknowledged record
     */
    record Started(RunningBroker broker, double ms) {}

    /** Starts the broker and sends one record with {@code acks=all}; a topic that is missing is auto-created. */
    static Started start(Target target, BrokerSetup setup, List<String> jvmOptions, String topic)
            throws IOException, InterruptedException {
        target.prepare(setup);
        Map<String, Object> config = Map.of(
                "bootstrap.servers", "127.0.0.1:" + setup.port(),
                "reconnect.backoff.ms", 5,
                "reconnect.backoff.max.ms", 5,
                "retry.backoff.ms", 5,
                "retry.backoff.max.ms", 20,
                "linger.ms", 0,
                "max.block.ms", 180_000);
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            long start = System.nanoTime();
            RunningBroker broker = RunningBroker.launch(target, setup, jvmOptions);
            try {
                producer.send(new ProducerRecord<>(topic, 0, null, "first")).get();
            } catch (ExecutionException e) {
                String log = broker.logTail();
                broker.close();
                producer.close(Duration.ZERO);
                throw new IOException("the first record was refused: " + e.getCause() + ":\n" + log, e);
            }
            return new Started(broker, (System.nanoTime() - start) / 1e6);
        }
    }

    /** Creates the topics and puts records of 1 KB into every partition. */
    static void fill(RunningBroker broker, List<String> topics, int partitions, int recordsEach) throws IOException {
        String value = "x".repeat(1000);
        // A broker that opens its first files is slow to answer.
        Map<String, Object> config = Map.of(
                "bootstrap.servers",
                broker.bootstrap(),
                "linger.ms",
                20,
                "request.timeout.ms",
                FILL_MS_MAX,
                "delivery.timeout.ms",
                2 * FILL_MS_MAX,
                "max.block.ms",
                FILL_MS_MAX);
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
            for (String topic : topics) {
                for (int i = 0; i < recordsEach * partitions; i++) {
                    producer.send(
                            new ProducerRecord<>(topic, i % partitions, null, value),
                            (sent, failed) -> failure.compareAndSet(null, failed));
                }
            }
            producer.flush();
            Exception failed = failure.get();
            if (failed != null) {
                throw new IOException("a topic of " + broker.target().name() + " was not filled: " + failed, failed);
            }
        }
    }
}
