package io.millrace.perf.interop;

import io.millrace.perf.check.CheckFailed;
import io.millrace.perf.check.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Kafka Streams counts words, in all and by the hour, and goes on counting where it was: after a stop, and when its stores
 * are lost.
 */
final class StreamsChecks {
    private static final String MAIN = "io.millrace.apps.WordCount";
    private static final String APPLICATION = "word-count";
    private static final String LINES = "lines-to-count";
    private static final String COUNTS = "word-counts";
    private static final int PARTITIONS = 3;
    private static final int LINE_COUNT = 2000;
    private static final int WORDS_PER_LINE = 8;
    private static final int VOCABULARY = 300;
    private static final long HOUR_MS = Duration.ofHours(1).toMillis();
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Duration REFUSAL_LIMIT = Duration.ofSeconds(30);

    private final String bootstrap;
    private final Path folder;
    private final Random random = new Random(7);
    private final Map<String, Long> expected = new TreeMap<>();

    StreamsChecks(String bootstrap, Path folder) {
        this.bootstrap = bootstrap;
        this.folder = folder;
    }

    void run(Report report) {
        report.check("Kafka Streams word count", this::count);
        report.check("Kafka Streams, stopped and started", () -> countOn("store-1"));
        report.check("Kafka Streams, stores from their changelogs", () -> countOn("store-2"));
    }

    /** What a broker without transactions must refuse at once. */
    void runRefusals(Report report) {
        report.check(
                "Kafka Streams exactly once is refused",
                () -> refused(
                        "exactly-once-count",
                        "processing.guarantee=exactly_once_v2",
                        "This broker has no transactions"));
        report.check(
                "Kafka Streams with the broker's assignor is refused",
                () -> refused(
                        "streams-group-count",
                        "group.protocol=streams",
                        "The cluster does not support the STREAMS group protocol"));
    }

    private String count() throws IOException, InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(topic(LINES), topic(COUNTS))).all().get();
            countMore("store-1");
            Expect.equal("cleanup.policy", "compact", cleanup(admin, "counts"));
            Expect.equal("cleanup.policy", "compact,delete", cleanup(admin, "hourly"));
        }
        return expected.size() + " counts of words in " + LINE_COUNT
                + " lines, compacted changelogs, a repartition topic that is empty again";
    }

    private String countOn(String store) throws IOException {
        countMore(store);
        return "as many lines more, counted on top";
    }

    private String refused(String application, String setting, String why) throws IOException {
        String store = folder.resolve("store-" + application).toString();
        try (AppProcess app = AppProcess.start(
                folder, application, MAIN, bootstrap, LINES, COUNTS, store, "application.id=" + application, setting)) {
            return "\"" + Expect.match(app.requireFailure(REFUSAL_LIMIT), "(" + why + "[^\\n]*)") + "\"";
        }
    }

    private static String cleanup(Admin admin, String store) throws InterruptedException, ExecutionException {
        ConfigResource changelog =
                new ConfigResource(ConfigResource.Type.TOPIC, APPLICATION + "-" + store + "-changelog");
        Config config = admin.describeConfigs(List.of(changelog))
                .all()
                .get()
                .values()
                .iterator()
                .next();
        return String.valueOf(config.get("cleanup.policy").value());
    }

    private static NewTopic topic(String name) {
        return new NewTopic(name, PARTITIONS, (short) 1);
    }

    private void countMore(String store) throws IOException {
        produce();
        try (AppProcess app = AppProcess.start(
                folder,
                "word-count",
                MAIN,
                bootstrap,
                LINES,
                COUNTS,
                folder.resolve(store).toString())) {
            awaitCounts(app);
            awaitPurge(app);
            app.endInput();
        }
    }

    private void produce() {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap), new StringSerializer(), new StringSerializer())) {
            long now = System.currentTimeMillis();
            for (int i = 0; i < LINE_COUNT; i++) {
                long time = now - random.nextLong(3 * HOUR_MS);
                List<String> words = random.ints(WORDS_PER_LINE, 0, VOCABULARY)
                        .mapToObj(number -> "word" + number)
                        .toList();
                words.forEach(word -> {
                    expected.merge(word, 1L, Long::sum);
                    expected.merge(word + "@" + time / HOUR_MS * HOUR_MS, 1L, Long::sum);
                });
                producer.send(new ProducerRecord<>(LINES, i % PARTITIONS, time, null, String.join(" ", words)));
            }
        }
    }

    /** Until the newest count of every word is right. */
    private void awaitCounts(AppProcess app) throws IOException {
        List<TopicPartition> all = partitions(COUNTS);
        Map<String, Long> counts = new TreeMap<>();
        long deadline = System.nanoTime() + LIMIT.toNanos();
        try (var consumer = consumer()) {
            consumer.assign(all);
            consumer.seekToBeginning(all);
            while (!counts.equals(expected)) {
                app.requireAlive();
                if (System.nanoTime() > deadline) {
                    throw new CheckFailed(differences(counts) + " after " + LIMIT + ":\n" + app.logTail());
                }
                consumer.poll(Duration.ofMillis(200)).forEach(record -> counts.put(record.key(), record.value()));
            }
        }
    }

    /** Until Streams has deleted what it has read of the repartition topic. */
    private void awaitPurge(AppProcess app) throws IOException {
        List<TopicPartition> all = partitions(APPLICATION + "-by-word-repartition");
        long deadline = System.nanoTime() + LIMIT.toNanos();
        try (var consumer = consumer()) {
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            Map<TopicPartition, Long> starts = consumer.beginningOffsets(all);
            while (!starts.equals(ends)) {
                app.requireAlive();
                if (System.nanoTime() > deadline) {
                    throw new CheckFailed(starts + " of " + ends + " deleted after " + LIMIT + ":\n" + app.logTail());
                }
                starts = consumer.beginningOffsets(all);
            }
        }
    }

    private KafkaConsumer<String, Long> consumer() {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "enable.auto.commit", false),
                new StringDeserializer(),
                new LongDeserializer());
    }

    private static List<TopicPartition> partitions(String topic) {
        return IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
    }

    private String differences(Map<String, Long> counts) {
        return expected.entrySet().stream()
                .filter(word -> !word.getValue().equals(counts.get(word.getKey())))
                .limit(5)
                .map(word -> word + " was counted " + counts.get(word.getKey()))
                .collect(Collectors.joining(", "));
    }
}
