package io.millrace.broker;

import static io.millrace.broker.config.Allowed.atLeast;
import static io.millrace.broker.config.Allowed.between;
import static io.millrace.broker.config.Allowed.listOf;
import static io.millrace.broker.config.Allowed.oneOf;
import static io.millrace.broker.config.Allowed.only;
import static io.millrace.broker.config.ConfigKey.dynamic;
import static io.millrace.broker.config.ConfigType.BOOLEAN;
import static io.millrace.broker.config.ConfigType.DOUBLE;
import static io.millrace.broker.config.ConfigType.INT;
import static io.millrace.broker.config.ConfigType.LIST;
import static io.millrace.broker.config.ConfigType.LONG;
import static io.millrace.broker.config.ConfigType.STRING;

import io.millrace.broker.config.Allowed;
import io.millrace.broker.config.ConfigEntry;
import io.millrace.broker.config.ConfigEntry.Source;
import io.millrace.broker.config.ConfigEntry.Synonym;
import io.millrace.broker.config.ConfigKey;
import io.millrace.broker.config.ConfigTable;
import io.millrace.broker.config.ConfigType;
import io.millrace.broker.storage.CompactionConfig;
import io.millrace.broker.storage.Durability;
import io.millrace.broker.storage.LogConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The settings of topics: Kafka's keys, and {@code durability}. A topic's own value wins; otherwise the broker keys that
 * stand for it are asked in order; otherwise the default holds.
 */
public final class TopicConfig {
    private static final long MAX = Long.MAX_VALUE;
    private static final long MS_PER_MINUTE = 60_000;
    private static final long MS_PER_HOUR = 3_600_000;

    private static final List<Definition> IMPLEMENTED = List.of(
            topic(
                            "cleanup.policy",
                            LIST,
                            "delete",
                            listOf("compact", "delete"),
                            "How old data goes: by age and size"
                                    + " (delete), or by newer values of the same key (compact). Neither: it stays.")
                    .from("log.cleanup.policy"),
            topic("compression.gzip.level", INT, "-1", between(1, 9).or(-1), "Level when the broker packs with gzip.")
                    .from("compression.gzip.level"),
            topic("compression.lz4.level", INT, "9", between(1, 17), "Level when the broker packs with lz4.")
                    .from("compression.lz4.level"),
            topic(
                            "compression.type",
                            STRING,
                            "producer",
                            oneOf("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"),
                            "The codec that batches are kept in; producer keeps what the producer chose.")
                    .from("compression.type"),
            topic("compression.zstd.level", INT, "3", between(-131072, 22), "Level when the broker packs with zstd.")
                    .from("compression.zstd.level"),
            topic("delete.retention.ms", LONG, "86400000", atLeast(0), "How long compaction keeps a key's deletion.")
                    .from("log.cleaner.delete.retention.ms"),
            topic(
                            "durability",
                            STRING,
                            "journal",
                            oneOf("journal", "os"),
                            "What an acknowledgement promises: journal, that the record is on the disk of every"
                                    + " in-sync replica; os, that it is in their page caches.")
                    .from("durability"),
            topic("file.delete.delay.ms", LONG, "60000", atLeast(0), "How long a removed segment stays on disk.")
                    .from("log.segment.delete.delay.ms"),
            topic("flush.messages", LONG, MAX + "", atLeast(1), "With durability os: sync after this many records.")
                    .from("log.flush.interval.messages"),
            topic("flush.ms", LONG, MAX + "", atLeast(0), "With durability os: sync a record no later than this.")
                    .from("log.flush.interval.ms"),
            topic("index.interval.bytes", INT, "4096", atLeast(0), "One index entry for this many bytes of log.")
                    .from("log.index.interval.bytes"),
            topic("max.compaction.lag.ms", LONG, MAX + "", atLeast(1), "A record is compacted no later than this.")
                    .from("log.cleaner.max.compaction.lag.ms"),
            topic("max.message.bytes", INT, "1048588", atLeast(0), "The largest record batch, as compressed.")
                    .from("message.max.bytes"),
            topic(
                            "message.timestamp.after.max.ms",
                            LONG,
                            "3600000",
                            atLeast(0),
                            "With CreateTime: how far a record's time may be ahead of the broker's.")
                    .from("log.message.timestamp.after.max.ms"),
            topic(
                            "message.timestamp.before.max.ms",
                            LONG,
                            MAX + "",
                            atLeast(0),
                            "With CreateTime: how far a record's time may be behind the broker's.")
                    .from("log.message.timestamp.before.max.ms"),
            topic(
                            "message.timestamp.type",
                            STRING,
                            "CreateTime",
                            oneOf("CreateTime", "LogAppendTime"),
                            "Whether records keep the producer's time or get the broker's.")
                    .from("log.message.timestamp.type"),
            topic(
                            "min.cleanable.dirty.ratio",
                            DOUBLE,
                            "0.5",
                            between(0, 1),
                            "The part of a log that is not compacted yet from which on it is worth the work.")
                    .from("log.cleaner.min.cleanable.ratio"),
            topic("min.compaction.lag.ms", LONG, "0", atLeast(0), "A record is not compacted before this age.")
                    .from("log.cleaner.min.compaction.lag.ms"),
            topic(
                            "min.insync.replicas",
                            INT,
                            "1",
                            atLeast(1),
                            "With acks=all: replicas that must have a record before it is acknowledged.")
                    .from("min.insync.replicas"),
            topic("retention.bytes", LONG, "-1", atLeast(-1), "A partition beyond this size loses its oldest segments.")
                    .from("log.retention.bytes"),
            topic("retention.ms", LONG, "604800000", atLeast(-1), "Segments whose records are all older go; -1 never.")
                    .from("log.retention.ms")
                    .from("log.retention.minutes", MS_PER_MINUTE)
                    .from("log.retention.hours", MS_PER_HOUR),
            topic("segment.bytes", INT, "1073741824", atLeast(1 << 20), "A segment does not grow beyond this size.")
                    .from("log.segment.bytes"),
            topic("segment.index.bytes", INT, "10485760", atLeast(4), "An index does not grow beyond this size.")
                    .from("log.index.size.max.bytes"),
            topic("segment.jitter.ms", LONG, "0", atLeast(0), "Up to this much is taken off segment.ms at random.")
                    .from("log.roll.jitter.ms")
                    .from("log.roll.jitter.hours", MS_PER_HOUR),
            topic("segment.ms", LONG, "604800000", atLeast(1), "A segment with records older than this is closed.")
                    .from("log.roll.ms")
                    .from("log.roll.hours", MS_PER_HOUR));

    /**
     * Keys of Kafka for what this broker does not do. They have one value, so that tools that copy or spell out every
     * setting of a topic work, and whoever wants more is told.
     */
    private static final List<Definition> FIXED = List.of(
            onlyDefault("follower.replication.throttled.replicas", LIST, "", "Replication is not throttled."),
            onlyDefault("leader.replication.throttled.replicas", LIST, "", "Replication is not throttled."),
            onlyDefault("local.retention.bytes", LONG, "-2", "All data is local: retention.bytes holds."),
            onlyDefault("local.retention.ms", LONG, "-2", "All data is local: retention.ms holds."),
            onlyDefault("preallocate", BOOLEAN, "false", "Segments grow as they are written."),
            onlyDefault("remote.log.copy.disable", BOOLEAN, "false", "There is no remote storage."),
            onlyDefault("remote.log.delete.on.disable", BOOLEAN, "false", "There is no remote storage."),
            onlyDefault("remote.storage.enable", BOOLEAN, "false", "There is no remote storage."),
            onlyDefault("unclean.leader.election.enable", BOOLEAN, "false", "Only a replica in sync may lead."));

    private static final List<Definition> DEFINITIONS = Stream.of(IMPLEMENTED, FIXED)
            .flatMap(List::stream)
            .sorted(Comparator.comparing(definition -> definition.key().name()))
            .toList();

    private static final ConfigTable TABLE =
            new ConfigTable(DEFINITIONS.stream().map(Definition::key).toList());

    private static final Map<String, Definition> BY_NAME =
            DEFINITIONS.stream().collect(Collectors.toMap(each -> each.key().name(), Function.identity()));

    private TopicConfig() {}

    /** Every key in the order of names. */
    public static List<ConfigKey> keys() {
        return List.copyOf(TABLE.keys());
    }

    /** The key with its definition, or null if topics have no such key. */
    public static @Nullable ConfigKey definition(String name) {
        return TABLE.find(name);
    }

    /** What is wrong with these explicit settings of a topic, in Kafka's words, or null if it may have them. */
    public static @Nullable String problemWith(Map<String, String> overrides) {
        for (Map.Entry<String, String> each : new TreeMap<>(overrides).entrySet()) {
            ConfigKey key = TABLE.find(each.getKey());
            if (key == null) {
                String near = TABLE.nearest(each.getKey());
                return "Unknown topic config name: " + each.getKey()
                        + (near == null ? "" : ", did you mean " + near + "?");
            }
            if (!key.admits(each.getValue())) {
                return "Invalid value " + each.getValue() + " for configuration " + each.getKey() + ": allowed is "
                        + key.allowed().description();
            }
        }
        return problemWithLags(overrides);
    }

    /** The settings of a topic's logs. The overrides must be without problems. */
    public static LogConfig resolve(BrokerConfig broker, Map<String, String> overrides) {
        Values values = new Values(broker, overrides);
        List<String> policy = Allowed.items(values.text("cleanup.policy"));
        return LogConfig.defaults().toBuilder()
                .segmentBytes(values.integer("segment.bytes"))
                .segmentMs(values.number("segment.ms"))
                .segmentJitterMs(values.number("segment.jitter.ms"))
                .segmentIndexBytes(values.integer("segment.index.bytes"))
                .indexIntervalBytes(values.integer("index.interval.bytes"))
                .retentionMs(values.number("retention.ms"))
                .retentionBytes(values.number("retention.bytes"))
                .deletes(policy.contains("delete"))
                .compacts(policy.contains("compact"))
                .compaction(new CompactionConfig(
                        values.number("delete.retention.ms"),
                        values.number("min.compaction.lag.ms"),
                        values.number("max.compaction.lag.ms"),
                        Double.parseDouble(values.text("min.cleanable.dirty.ratio"))))
                .fileDeleteDelayMs(values.number("file.delete.delay.ms"))
                .maxMessageBytes(values.integer("max.message.bytes"))
                .logAppendTime(values.text("message.timestamp.type").equals("LogAppendTime"))
                .timestampBeforeMaxMs(values.number("message.timestamp.before.max.ms"))
                .timestampAfterMaxMs(values.number("message.timestamp.after.max.ms"))
                .compressionType(values.text("compression.type"))
                .compressionLevel(compressionLevel(values))
                .flushMessages(values.number("flush.messages"))
                .flushMs(values.number("flush.ms"))
                .minInsyncReplicas(values.integer("min.insync.replicas"))
                .producerIdExpirationMs(broker.producerIdExpirationMs())
                .durability(values.text("durability").equals("os") ? Durability.OS : Durability.JOURNAL)
                .build();
    }

    /** Every key with its value for a topic and where that comes from. */
    public static List<ConfigEntry> describe(BrokerConfig broker, Map<String, String> overrides) {
        List<ConfigEntry> entries = new ArrayList<>(DEFINITIONS.size());
        for (Definition definition : DEFINITIONS) {
            entries.add(describe(definition, broker, overrides));
        }
        return entries;
    }

    private static int compressionLevel(Values values) {
        String key = "compression." + values.text("compression.type") + ".level";
        return BY_NAME.containsKey(key) ? values.integer(key) : 0;
    }

    private static ConfigEntry describe(Definition definition, BrokerConfig broker, Map<String, String> overrides) {
        ConfigKey key = definition.key();
        String own = overrides.get(key.name());
        List<Synonym> synonyms = new ArrayList<>();
        if (own != null) {
            synonyms.add(new Synonym(key.name(), own, Source.TOPIC));
        }
        synonyms.addAll(definition.brokerSynonyms(broker));
        if (synonyms.isEmpty()) {
            synonyms.add(new Synonym(key.name(), key.defaultValue(), Source.DEFAULT));
        }
        Source source = synonyms.get(0).source();
        String value = own != null ? own : definition.valueFrom(broker);
        return new ConfigEntry(key.name(), value, key.type(), source, false, key.documentation(), synonyms);
    }

    private static @Nullable String problemWithLags(Map<String, String> overrides) {
        long least = Long.parseLong(
                overrides.getOrDefault("min.compaction.lag.ms", "0").trim());
        long most = Long.parseLong(
                overrides.getOrDefault("max.compaction.lag.ms", MAX + "").trim());
        return least <= most
                ? null
                : "conflict topic config setting min.compaction.lag.ms (" + least + ") > max.compaction.lag.ms (" + most
                        + ")";
    }

    private static Definition topic(String name, ConfigType type, String value, Allowed allowed, String text) {
        return new Definition(dynamic(name, type, value, allowed, text), List.of());
    }

    private static Definition onlyDefault(String name, ConfigType type, String value, String text) {
        return topic(name, type, value, only(value), text);
    }

    /** A broker key that stands for a topic's, in a unit that may be larger. */
    private record Stand(String name, long factor) {}

    /** A topic's key with the broker keys that give its default, the strongest first. */
    private record Definition(ConfigKey key, List<Stand> stands) {

        Definition from(String brokerKey) {
            return from(brokerKey, 1);
        }

        Definition from(String brokerKey, long factor) {
            List<Stand> all = new ArrayList<>(stands);
            all.add(new Stand(brokerKey, factor));
            return new Definition(key, List.copyOf(all));
        }

        List<Synonym> brokerSynonyms(BrokerConfig broker) {
            List<Synonym> all = new ArrayList<>();
            for (Stand stand : stands) {
                all.addAll(broker.synonyms(stand.name()));
            }
            return all;
        }

        /** The value of a topic that does not set the key: the first stand that has any value gives it. */
        String valueFrom(BrokerConfig broker) {
            for (Stand stand : stands) {
                List<Synonym> values = broker.synonyms(stand.name());
                String value = values.isEmpty() ? null : values.get(0).value();
                if (value != null) {
                    return stand.factor() == 1 ? value : inSmallestUnit(Long.parseLong(value), stand.factor());
                }
            }
            return Objects.requireNonNull(key.defaultValue());
        }

        private static String inSmallestUnit(long value, long factor) {
            return Long.toString(value < 0 ? value : value * factor);
        }
    }

    /** The effective values of one topic, parsed. */
    private record Values(BrokerConfig broker, Map<String, String> overrides) {

        String text(String name) {
            String own = overrides.get(name);
            return own != null
                    ? own.trim()
                    : Objects.requireNonNull(BY_NAME.get(name), name).valueFrom(broker);
        }

        int integer(String name) {
            return Integer.parseInt(text(name));
        }

        long number(String name) {
            return Long.parseLong(text(name));
        }
    }
}
