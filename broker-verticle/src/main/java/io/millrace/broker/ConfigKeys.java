package io.millrace.broker;

import static io.millrace.broker.config.Allowed.any;
import static io.millrace.broker.config.Allowed.atLeast;
import static io.millrace.broker.config.Allowed.between;
import static io.millrace.broker.config.Allowed.listOf;
import static io.millrace.broker.config.Allowed.nonEmpty;
import static io.millrace.broker.config.Allowed.oneOf;
import static io.millrace.broker.config.Allowed.positive;
import static io.millrace.broker.config.ConfigKey.dynamic;
import static io.millrace.broker.config.ConfigKey.fixed;
import static io.millrace.broker.config.ConfigType.BOOLEAN;
import static io.millrace.broker.config.ConfigType.DOUBLE;
import static io.millrace.broker.config.ConfigType.INT;
import static io.millrace.broker.config.ConfigType.LIST;
import static io.millrace.broker.config.ConfigType.LONG;
import static io.millrace.broker.config.ConfigType.STRING;

import io.millrace.broker.config.Allowed;
import io.millrace.broker.config.ConfigKey;
import io.millrace.broker.config.ConfigTable;
import io.millrace.broker.config.ListenerAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Every key of a broker's configuration: Kafka's name, type, default and meaning where Kafka has the key. A key is here
 * only if it has an effect.
 */
final class ConfigKeys {
    static final String NODE_ID = "node.id";
    static final String BROKER_ID = "broker.id";
    static final String BROKER_RACK = "broker.rack";
    static final String LISTENERS = "listeners";
    static final String ADVERTISED_LISTENERS = "advertised.listeners";
    static final String NETWORK_THREADS = "num.network.threads";
    static final String SOCKET_SEND_BUFFER = "socket.send.buffer.bytes";
    static final String SOCKET_BACKLOG = "socket.listen.backlog.size";
    static final String REQUEST_BYTES_MAX = "socket.request.max.bytes";
    static final String QUEUED_BYTES_MAX = "queued.max.request.bytes";
    static final String LOG_MEMORY_BYTES = "log.memory.bytes";
    static final String CONNECTIONS_MAX = "max.connections";
    static final String CONNECTIONS_PER_IP_MAX = "max.connections.per.ip";
    static final String CONNECTIONS_IDLE_MS = "connections.max.idle.ms";
    static final String FETCH_BYTES_MAX = "fetch.max.bytes";
    static final String FETCH_SESSIONS_MAX = "max.incremental.fetch.session.cache.slots";
    static final String NUM_PARTITIONS = "num.partitions";
    static final String REPLICATION_FACTOR = "default.replication.factor";
    static final String AUTO_CREATE_TOPICS = "auto.create.topics.enable";
    static final String DELETE_TOPICS = "delete.topic.enable";
    static final String LOG_DIRS = "log.dirs";
    static final String LOG_DIR = "log.dir";
    static final String RETENTION_CHECK_MS = "log.retention.check.interval.ms";
    static final String CLEANER_ENABLE = "log.cleaner.enable";
    static final String CLEANER_KEY_BYTES = "log.cleaner.dedupe.buffer.size";
    static final String CLEANER_BYTES_PER_SECOND = "log.cleaner.io.max.bytes.per.second";
    static final String CLEANER_BACKOFF_MS = "log.cleaner.backoff.ms";
    static final String PRODUCER_ID_EXPIRATION_MS = "producer.id.expiration.ms";
    static final String GROUP_SESSION_MIN_MS = "group.min.session.timeout.ms";
    static final String GROUP_SESSION_MAX_MS = "group.max.session.timeout.ms";
    static final String GROUP_INITIAL_DELAY_MS = "group.initial.rebalance.delay.ms";
    static final String GROUP_SIZE_MAX = "group.max.size";
    static final String OFFSET_METADATA_MAX = "offset.metadata.max.bytes";
    static final String OFFSETS_RETENTION_MINUTES = "offsets.retention.minutes";
    static final String OFFSETS_RETENTION_CHECK_MS = "offsets.retention.check.interval.ms";
    static final String OFFSETS_TOPIC_PARTITIONS = "offsets.topic.num.partitions";
    static final String OFFSETS_TOPIC_REPLICATION_FACTOR = "offsets.topic.replication.factor";
    static final String OFFSETS_TOPIC_SEGMENT_BYTES = "offsets.topic.segment.bytes";

    /** Bytes of requests held at one time; twice the default limit of one request would be more than an idle heap. */
    private static final String QUEUED_BYTES_DEFAULT = Long.toString(128L << 20);

    static final ConfigTable TABLE = new ConfigTable(Stream.of(
                    identity(),
                    network(),
                    limits(),
                    topics(),
                    data(),
                    records(),
                    retention(),
                    compaction(),
                    segments(),
                    groups(),
                    ConsumerConfigKeys.all())
            .flatMap(List::stream)
            .toList());

    private ConfigKeys() {}

    private static List<ConfigKey> identity() {
        return List.of(
                fixed(NODE_ID, INT, "1", atLeast(0), "The broker's id. It must not change while the data is kept."),
                fixed(BROKER_ID, INT, null, atLeast(0), "Another name for node.id."),
                fixed(BROKER_RACK, STRING, null, nonEmpty(), "The failure domain that the broker is in."));
    }

    private static List<ConfigKey> network() {
        return List.of(
                fixed(
                        LISTENERS,
                        LIST,
                        "PLAINTEXT://:9092",
                        listenerList(),
                        "Where clients connect. An empty host stands for all interfaces, port 0 for any free port."),
                fixed(
                        ADVERTISED_LISTENERS,
                        LIST,
                        null,
                        advertisedList(),
                        "The addresses that clients are told to connect to. If not set, the listeners; for a listener"
                                + " on all interfaces a client is told the address that it has reached the broker at."),
                fixed(
                        NETWORK_THREADS,
                        INT,
                        null,
                        atLeast(1),
                        "Event loops that serve connections. If not set, one per processor."),
                fixed(
                        SOCKET_SEND_BUFFER,
                        INT,
                        "102400",
                        atLeast(1).or(-1),
                        "SO_SNDBUF of client connections; -1 leaves it to the operating system."),
                fixed(
                        SOCKET_BACKLOG,
                        INT,
                        "1024",
                        atLeast(1),
                        "Connections that may wait to be accepted. Kafka's 50 are too few when a thousand clients"
                                + " come back."));
    }

    private static List<ConfigKey> limits() {
        return List.of(
                fixed(
                        REQUEST_BYTES_MAX,
                        INT,
                        "104857600",
                        atLeast(1),
                        "The largest request. A connection that announces a larger one is closed."),
                fixed(
                        QUEUED_BYTES_MAX,
                        LONG,
                        QUEUED_BYTES_DEFAULT,
                        atLeast(1),
                        "Bytes of requests in memory, over all connections. Above it no more requests are read."),
                fixed(
                        LOG_MEMORY_BYTES,
                        LONG,
                        "67108864",
                        atLeast(1 << 20),
                        "Memory for the newest records, over all partitions: clients that keep up read from it, and it"
                                + " makes large writes out of small ones. Shared evenly among log.dirs. At most a quarter of"
                                + " what the JVM allows outside the heap."),
                fixed(
                        CONNECTIONS_MAX,
                        INT,
                        "2147483647",
                        atLeast(0),
                        "Connections at one time. A further one is closed at once."),
                fixed(
                        CONNECTIONS_PER_IP_MAX,
                        INT,
                        "2147483647",
                        atLeast(0),
                        "Connections from one address at one time. A further one is closed at once."),
                fixed(
                        CONNECTIONS_IDLE_MS,
                        LONG,
                        "600000",
                        any(LONG),
                        "A connection without traffic for this long is closed; never if zero or less."),
                fixed(
                        FETCH_BYTES_MAX,
                        INT,
                        "57671680",
                        atLeast(1024),
                        "The most that one fetch returns, unless its first batch alone is larger."),
                fixed(
                        FETCH_SESSIONS_MAX,
                        INT,
                        "1000",
                        atLeast(0),
                        "Incremental fetch sessions that are remembered. Further clients fetch without one."));
    }

    private static List<ConfigKey> topics() {
        return List.of(
                fixed(NUM_PARTITIONS, INT, "1", atLeast(1), "Partitions of a topic whose creator names no number."),
                fixed(
                        REPLICATION_FACTOR,
                        INT,
                        "1",
                        atLeast(1),
                        "Replicas of a topic's partitions whose creator names no number."),
                fixed(
                        AUTO_CREATE_TOPICS,
                        BOOLEAN,
                        "true",
                        any(BOOLEAN),
                        "Whether asking for the metadata of an unknown topic creates it, if the client allows that."),
                fixed(DELETE_TOPICS, BOOLEAN, "true", any(BOOLEAN), "Whether clients may delete topics."));
    }

    private static List<ConfigKey> data() {
        return List.of(
                fixed(LOG_DIRS, LIST, null, nonEmpty(), "Directories for the data. If not set, log.dir."),
                fixed(
                        LOG_DIR,
                        STRING,
                        "data",
                        nonEmpty(),
                        "The directory for the data, seen from the working directory."),
                dynamic(
                        "durability",
                        STRING,
                        "journal",
                        oneOf("journal", "os"),
                        "Default of the topic setting of the same name: what an acknowledgement promises."),
                dynamic("min.insync.replicas", INT, "1", atLeast(1), "Default of the topic setting of the same name."),
                dynamic(
                        "log.flush.interval.messages",
                        LONG,
                        "9223372036854775807",
                        atLeast(1),
                        "Default of flush.messages."),
                dynamic("log.flush.interval.ms", LONG, null, atLeast(0), "Default of flush.ms."),
                fixed(
                        PRODUCER_ID_EXPIRATION_MS,
                        INT,
                        "86400000",
                        atLeast(1),
                        "A producer id that has written nothing to a partition for this long is forgotten there."));
    }

    private static List<ConfigKey> records() {
        return List.of(
                dynamic(
                        "message.max.bytes",
                        INT,
                        "1048588",
                        atLeast(0),
                        "Default of max.message.bytes: the largest record batch."),
                dynamic(
                        "compression.type",
                        STRING,
                        "producer",
                        oneOf("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"),
                        "Default of the topic setting of the same name."),
                dynamic(
                        "compression.gzip.level",
                        INT,
                        "-1",
                        between(1, 9).or(-1),
                        "Default of the topic setting of the same name."),
                dynamic(
                        "compression.lz4.level",
                        INT,
                        "9",
                        between(1, 17),
                        "Default of the topic setting of the same name."),
                dynamic(
                        "compression.zstd.level",
                        INT,
                        "3",
                        between(-131072, 22),
                        "Default of the topic setting of the same name."),
                dynamic(
                        "log.message.timestamp.type",
                        STRING,
                        "CreateTime",
                        oneOf("CreateTime", "LogAppendTime"),
                        "Default of message.timestamp.type."),
                dynamic(
                        "log.message.timestamp.before.max.ms",
                        LONG,
                        "9223372036854775807",
                        atLeast(0),
                        "Default of message.timestamp.before.max.ms."),
                dynamic(
                        "log.message.timestamp.after.max.ms",
                        LONG,
                        "3600000",
                        atLeast(0),
                        "Default of message.timestamp.after.max.ms."));
    }

    private static List<ConfigKey> retention() {
        Allowed timeOrNever = atLeast(0).or(-1);
        return List.of(
                dynamic(
                        "log.cleanup.policy",
                        LIST,
                        "delete",
                        listOf("compact", "delete"),
                        "Default of cleanup.policy."),
                dynamic("log.retention.ms", LONG, null, timeOrNever, "Default of retention.ms."),
                dynamic(
                        "log.retention.minutes",
                        INT,
                        null,
                        timeOrNever,
                        "Default of retention.ms in minutes, if log.retention.ms is not set."),
                dynamic(
                        "log.retention.hours",
                        INT,
                        "168",
                        timeOrNever,
                        "Default of retention.ms in hours, if neither the milliseconds nor the minutes are set."),
                dynamic("log.retention.bytes", LONG, "-1", atLeast(-1), "Default of retention.bytes."),
                fixed(
                        RETENTION_CHECK_MS,
                        LONG,
                        "300000",
                        atLeast(1),
                        "How often segments that are past their retention are looked for."),
                dynamic("log.segment.delete.delay.ms", LONG, "60000", atLeast(0), "Default of file.delete.delay.ms."));
    }

    private static List<ConfigKey> compaction() {
        return List.of(
                fixed(
                        CLEANER_ENABLE,
                        BOOLEAN,
                        "true",
                        any(BOOLEAN),
                        "Whether topics are compacted whose cleanup.policy asks for it, as __consumer_offsets does."),
                fixed(
                        CLEANER_KEY_BYTES,
                        LONG,
                        "134217728",
                        atLeast(1 << 20),
                        "Memory for the keys that compaction has seen, 24 bytes each. Taken as it is needed; a log with more"
                                + " keys takes several rounds. Shared evenly among log.dirs. At most an eighth of the heap."),
                fixed(
                        CLEANER_BYTES_PER_SECOND,
                        DOUBLE,
                        "67108864",
                        positive(),
                        "What compaction reads and writes at most, on average. Shared evenly among log.dirs. Kafka's default"
                                + " is no limit."),
                fixed(
                        CLEANER_BACKOFF_MS,
                        LONG,
                        "15000",
                        atLeast(1),
                        "How long compaction rests when there is nothing to compact."),
                dynamic(
                        "log.cleaner.min.cleanable.ratio",
                        DOUBLE,
                        "0.5",
                        between(0, 1),
                        "Default of min.cleanable.dirty.ratio."),
                dynamic(
                        "log.cleaner.delete.retention.ms",
                        LONG,
                        "86400000",
                        atLeast(0),
                        "Default of delete.retention.ms."),
                dynamic(
                        "log.cleaner.min.compaction.lag.ms",
                        LONG,
                        "0",
                        atLeast(0),
                        "Default of min.compaction.lag.ms."),
                dynamic(
                        "log.cleaner.max.compaction.lag.ms",
                        LONG,
                        "9223372036854775807",
                        atLeast(1),
                        "Default of max.compaction.lag.ms."));
    }

    private static List<ConfigKey> segments() {
        return List.of(
                dynamic("log.segment.bytes", INT, "1073741824", atLeast(1 << 20), "Default of segment.bytes."),
                dynamic("log.roll.ms", LONG, null, atLeast(1), "Default of segment.ms."),
                dynamic(
                        "log.roll.hours",
                        INT,
                        "168",
                        atLeast(1),
                        "Default of segment.ms in hours, if log.roll.ms is not set."),
                dynamic("log.roll.jitter.ms", LONG, null, atLeast(0), "Default of segment.jitter.ms."),
                dynamic(
                        "log.roll.jitter.hours",
                        INT,
                        "0",
                        atLeast(0),
                        "Default of segment.jitter.ms in hours, if log.roll.jitter.ms is not set."),
                dynamic("log.index.size.max.bytes", INT, "10485760", atLeast(4), "Default of segment.index.bytes."),
                dynamic("log.index.interval.bytes", INT, "4096", atLeast(0), "Default of index.interval.bytes."));
    }

    private static List<ConfigKey> groups() {
        return List.of(
                fixed(
                        GROUP_SESSION_MIN_MS,
                        INT,
                        "6000",
                        atLeast(0),
                        "The shortest session timeout that a member of a group may ask for."),
                fixed(
                        GROUP_SESSION_MAX_MS,
                        INT,
                        "1800000",
                        atLeast(0),
                        "The longest session timeout that a member of a group may ask for."),
                fixed(
                        GROUP_INITIAL_DELAY_MS,
                        INT,
                        "3000",
                        atLeast(0),
                        "How long an empty group waits for more members after the first."),
                fixed(GROUP_SIZE_MAX, INT, "2147483647", atLeast(1), "Members that a group may have."),
                fixed(
                        OFFSET_METADATA_MAX,
                        INT,
                        "4096",
                        atLeast(0),
                        "The longest text that a client may commit with an offset."),
                fixed(
                        OFFSETS_RETENTION_MINUTES,
                        INT,
                        "10080",
                        atLeast(1),
                        "Offsets are kept for so long after the last member has left, or after the commit if there"
                                + " never was one; those of topics that members read are kept."),
                fixed(
                        OFFSETS_RETENTION_CHECK_MS,
                        LONG,
                        "600000",
                        atLeast(1),
                        "How often offsets are looked for whose time is over."),
                fixed(
                        OFFSETS_TOPIC_PARTITIONS,
                        INT,
                        "50",
                        atLeast(1),
                        "Partitions that __consumer_offsets is created with; they cannot be changed later."),
                fixed(
                        OFFSETS_TOPIC_REPLICATION_FACTOR,
                        INT,
                        "1",
                        atLeast(1),
                        "Replicas that __consumer_offsets is created with. Kafka's 3 needs three brokers."),
                fixed(
                        OFFSETS_TOPIC_SEGMENT_BYTES,
                        INT,
                        "104857600",
                        atLeast(1 << 20),
                        "segment.bytes that __consumer_offsets is created with."));
    }

    private static Allowed listenerList() {
        return new Allowed("PLAINTEXT://host:port", value -> {
            List<ListenerAddress> all = ListenerAddress.parseList(value.toString());
            return all != null && !all.isEmpty() && areKnown(all);
        });
    }

    private static Allowed advertisedList() {
        return new Allowed("PLAINTEXT://host:port with a host that clients can reach", value -> {
            List<ListenerAddress> all = ListenerAddress.parseList(value.toString());
            return all != null
                    && !all.isEmpty()
                    && areKnown(all)
                    && all.stream().noneMatch(address -> address.isWildcard() || address.port() == 0);
        });
    }

    /** Names say the security protocol, and clients ask by name: each may occur once. */
    private static boolean areKnown(List<ListenerAddress> addresses) {
        Set<String> names = new HashSet<>();
        return addresses.stream().allMatch(address -> address.name().equals("PLAINTEXT") && names.add(address.name()));
    }
}
