package io.millrace.apps;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KGroupedStream;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.TimeWindows;

/**
 * Counts words with Kafka Streams, in all and in each hour: they go by their own text through a repartition topic into two
 * stores, whose changes are compacted topics. Counts of an hour have the key {@code word@start in epoch ms}. Arguments:
 * bootstrap servers, topic of lines, topic of counts, folder of the stores, further settings as {@code name=value}. Ends
 * at the end of standard input; with exit code 1 when something fails.
 */
public final class WordCount {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
    private static final Duration WINDOW = Duration.ofHours(1);
    private static final Duration GRACE = Duration.ofDays(1);

    private WordCount() {}

    public static void main(String[] arguments) throws IOException {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "word-count");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, arguments[0]);
        settings.put(StreamsConfig.STATE_DIR_CONFIG, arguments[3]);
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 500);
        settings.put(StreamsConfig.REPARTITION_PURGE_INTERVAL_MS_CONFIG, 500);
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 2);
        settings.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
        settings.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
        settings.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
        Arrays.stream(arguments)
                .skip(4)
                .map(setting -> setting.split("=", 2))
                .forEach(pair -> settings.put(pair[0], pair[1]));
        try (KafkaStreams streams = new KafkaStreams(topology(arguments[1], arguments[2]), settings)) {
            streams.setUncaughtExceptionHandler(failure -> {
                failure.printStackTrace();
                System.exit(1);
                throw new AssertionError("ended");
            });
            streams.start();
            while (System.in.read() >= 0) {
                // until whoever started this closes it
            }
            // Streams stays a member unless told otherwise, and the next start would wait for the end of its session.
            CloseOptions leave =
                    CloseOptions.timeout(STOP_LIMIT).withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP);
            if (!streams.close(leave)) {
                throw new IOException("did not stop within " + STOP_LIMIT);
            }
        }
    }

    private static Topology topology(String lines, String counts) {
        StreamsBuilder builder = new StreamsBuilder();
        KStream<String, String> words =
                builder.<String, String>stream(lines).flatMapValues(line -> Arrays.asList(line.split(" ", -1)));
        KGroupedStream<String, String> byWord = words.groupBy((key, word) -> word, Grouped.as("by-word"));
        Produced<String, Long> asCounts = Produced.with(Serdes.String(), Serdes.Long());
        byWord.count(Materialized.as("counts")).toStream().to(counts, asCounts);
        byWord.windowedBy(TimeWindows.ofSizeAndGrace(WINDOW, GRACE))
                .count(Materialized.as("hourly"))
                .toStream()
                .map((word, count) ->
                        KeyValue.pair(word.key() + "@" + word.window().start(), count))
                .to(counts, asCounts);
        return builder.build();
    }
}
