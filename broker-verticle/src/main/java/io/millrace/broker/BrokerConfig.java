package io.millrace.broker;

import io.millrace.broker.config.Allowed;
import io.millrace.broker.config.ConfigEntry;
import io.millrace.broker.config.ConfigEntry.Source;
import io.millrace.broker.config.ConfigEntry.Synonym;
import io.millrace.broker.config.ConfigException;
import io.millrace.broker.config.ConfigKey;
import io.millrace.broker.config.ConfigSources;
import io.millrace.broker.config.ListenerAddress;
import io.millrace.broker.group.assign.Assignor;
import io.millrace.broker.group.consumer.ConsumerSettings;
import io.millrace.broker.group.consumer.MigrationPolicy;
import io.millrace.broker.group.decision.GroupSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A broker's configuration: valid, complete and immutable. Keys are Kafka's; README.md lists them. Some can be changed
 * while the broker runs, for one broker or for all; the metadata log keeps such changes, and {@link #withDynamic} puts
 * them over what the broker was started with.
 */
public final class BrokerConfig {
    private final Map<String, String> fixed;
    private final Map<String, String> dynamicDefaults;
    private final Map<String, String> dynamicOwn;
    /** The effective value of every key that has one, as {@link io.millrace.broker.config.ConfigType#parse} gives it. */
    private final Map<String, Object> effective = new HashMap<>();

    private BrokerConfig(
            Map<String, String> fixed, Map<String, String> dynamicDefaults, Map<String, String> dynamicOwn) {
        this.fixed = Map.copyOf(fixed);
        this.dynamicDefaults = Map.copyOf(dynamicDefaults);
        this.dynamicOwn = Map.copyOf(dynamicOwn);
        for (ConfigKey key : ConfigKeys.TABLE.keys()) {
            String value = explicit(key.name());
            value = value == null ? key.defaultValue() : value;
            Object parsed = value == null ? null : key.type().parse(value);
            if (parsed != null) {
                effective.put(key.name(), parsed);
            }
        }
    }

    /** A configuration from settings by key, defaults for all others. Throws {@link ConfigException}. */
    public static BrokerConfig parse(Map<String, String> settings) {
        return parse(new ConfigSources().programmatic(settings));
    }

    /** A configuration from gathered settings; problems name where a setting was written. */
    public static BrokerConfig parse(ConfigSources sources) {
        List<String> problems = new ArrayList<>();
        sources.values().forEach((name, value) -> {
            String problem = problemWith(name, value);
            if (problem != null) {
                problems.add(name + "=" + value + " (" + sources.originOf(name) + "): " + problem);
            }
        });
        String id = sources.values().get(ConfigKeys.BROKER_ID);
        if (id != null && !id.equals(sources.values().getOrDefault(ConfigKeys.NODE_ID, id))) {
            problems.add("broker.id=" + id + ": differs from node.id, which is the same setting");
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        Map<String, String> settings = new HashMap<>(sources.values());
        if (id != null) {
            settings.put(ConfigKeys.NODE_ID, id);
        }
        BrokerConfig config = new BrokerConfig(settings, Map.of(), Map.of());
        List<String> conflicts = GroupConfig.conflictsIn(config);
        if (!conflicts.isEmpty()) {
            throw new ConfigException(conflicts);
        }
        return config;
    }

    /**
     * This configuration with settings that were changed at run time over it.
     *
     * @param forAll for every broker
     * @param own for this broker alone; wins over {@code forAll}
     */
    public BrokerConfig withDynamic(Map<String, String> forAll, Map<String, String> own) {
        return new BrokerConfig(fixed, forAll, own);
    }

    /** What is wrong with changing these settings at run time, or null if it can be done. */
    public static @Nullable String problemWithDynamic(Map<String, String> settings) {
        for (Map.Entry<String, String> each : settings.entrySet()) {
            String problem = problemWith(each.getKey(), each.getValue());
            ConfigKey key = ConfigKeys.TABLE.find(each.getKey());
            if (problem == null && key != null && !key.dynamic()) {
                problem = "cannot be changed while the broker runs";
            }
            if (problem != null) {
                return each.getKey() + "=" + each.getValue() + ": " + problem;
            }
        }
        return null;
    }

    /** The key with its definition, or null if a broker knows no such key. */
    public static @Nullable ConfigKey definition(String name) {
        return ConfigKeys.TABLE.find(name);
    }

    /** Every key with its value and where that comes from, in the order of the documentation. */
    public List<ConfigEntry> describe() {
        return ConfigKeys.TABLE.keys().stream().map(this::describe).toList();
    }

    public int brokerId() {
        return integer(ConfigKeys.NODE_ID);
    }

    public @Nullable String rack() {
        return (String) effective.get(ConfigKeys.BROKER_RACK);
    }

    public List<ListenerAddress> listeners() {
        return Objects.requireNonNull(ListenerAddress.parseList(string(ConfigKeys.LISTENERS)));
    }

    /** What clients are told to connect to, or empty if that follows from the listeners. */
    public List<ListenerAddress> advertisedListeners() {
        Object text = effective.get(ConfigKeys.ADVERTISED_LISTENERS);
        return text == null ? List.of() : Objects.requireNonNull(ListenerAddress.parseList((String) text));
    }

    /** The data directories, as written. */
    public List<Path> logDirs() {
        Object dirs = effective.getOrDefault(ConfigKeys.LOG_DIRS, required(ConfigKeys.LOG_DIR));
        return Allowed.items((String) dirs).stream().map(Path::of).toList();
    }

    /** Event loops that serve connections. */
    public int networkThreads() {
        Object threads = effective.get(ConfigKeys.NETWORK_THREADS);
        return threads == null ? Runtime.getRuntime().availableProcessors() : (Integer) threads;
    }

    /** -1: left to the operating system. */
    public int socketSendBufferBytes() {
        return integer(ConfigKeys.SOCKET_SEND_BUFFER);
    }

    public int socketListenBacklog() {
        return integer(ConfigKeys.SOCKET_BACKLOG);
    }

    public int socketRequestMaxBytes() {
        return integer(ConfigKeys.REQUEST_BYTES_MAX);
    }

    public long queuedMaxRequestBytes() {
        return longInteger(ConfigKeys.QUEUED_BYTES_MAX);
    }

    /** Memory for the newest records of the logs, over all data directories. */
    public long logMemoryBytes() {
        return longInteger(ConfigKeys.LOG_MEMORY_BYTES);
    }

    public int maxConnections() {
        return integer(ConfigKeys.CONNECTIONS_MAX);
    }

    public int maxConnectionsPerIp() {
        return integer(ConfigKeys.CONNECTIONS_PER_IP_MAX);
    }

    /** Zero or less: never. */
    public long connectionsMaxIdleMs() {
        return longInteger(ConfigKeys.CONNECTIONS_IDLE_MS);
    }

    public int fetchMaxBytes() {
        return integer(ConfigKeys.FETCH_BYTES_MAX);
    }

    public int maxFetchSessions() {
        return integer(ConfigKeys.FETCH_SESSIONS_MAX);
    }

    public int numPartitions() {
        return integer(ConfigKeys.NUM_PARTITIONS);
    }

    public int defaultReplicationFactor() {
        return integer(ConfigKeys.REPLICATION_FACTOR);
    }

    public boolean autoCreateTopics() {
        return (Boolean) required(ConfigKeys.AUTO_CREATE_TOPICS);
    }

    public boolean deleteTopicEnabled() {
        return (Boolean) required(ConfigKeys.DELETE_TOPICS);
    }

    public long retentionCheckIntervalMs() {
        return longInteger(ConfigKeys.RETENTION_CHECK_MS);
    }

    public boolean cleanerEnabled() {
        return (Boolean) required(ConfigKeys.CLEANER_ENABLE);
    }

    /** Memory for the keys of compactions, over all data directories. */
    public long cleanerKeyBytes() {
        return longInteger(ConfigKeys.CLEANER_KEY_BYTES);
    }

    /** What compactions may read and write, over all data directories. */
    public double cleanerBytesPerSecond() {
        return (Double) required(ConfigKeys.CLEANER_BYTES_PER_SECOND);
    }

    public long cleanerBackoffMs() {
        return longInteger(ConfigKeys.CLEANER_BACKOFF_MS);
    }

    public int producerIdExpirationMs() {
        return integer(ConfigKeys.PRODUCER_ID_EXPIRATION_MS);
    }

    /** What coordinators of groups go by. */
    public GroupSettings groupSettings() {
        return new GroupSettings(
                integer(ConfigKeys.GROUP_SESSION_MIN_MS),
                integer(ConfigKeys.GROUP_SESSION_MAX_MS),
                integer(ConfigKeys.GROUP_INITIAL_DELAY_MS),
                integer(ConfigKeys.GROUP_SIZE_MAX),
                integer(ConfigKeys.OFFSET_METADATA_MAX),
                TimeUnit.MINUTES.toMillis(integer(ConfigKeys.OFFSETS_RETENTION_MINUTES)));
    }

    /** What coordinators of groups of the next-generation protocol go by; a group may differ, see {@link GroupConfig}. */
    public ConsumerSettings consumerSettings() {
        List<Assignor> assignors = Allowed.items((String) required(ConsumerConfigKeys.ASSIGNORS)).stream()
                .map(name -> Objects.requireNonNull(Assignor.named(name)))
                .toList();
        return new ConsumerSettings(
                integer(ConsumerConfigKeys.SESSION_MS),
                integer(ConsumerConfigKeys.HEARTBEAT_MS),
                integer(ConsumerConfigKeys.ASSIGNMENT_MS),
                integer(ConsumerConfigKeys.SIZE_MAX),
                assignors,
                MigrationPolicy.titled((String) required(ConsumerConfigKeys.MIGRATION)));
    }

    public long offsetsRetentionCheckIntervalMs() {
        return longInteger(ConfigKeys.OFFSETS_RETENTION_CHECK_MS);
    }

    public int offsetsTopicPartitions() {
        return integer(ConfigKeys.OFFSETS_TOPIC_PARTITIONS);
    }

    public int offsetsTopicReplicationFactor() {
        return integer(ConfigKeys.OFFSETS_TOPIC_REPLICATION_FACTOR);
    }

    public int offsetsTopicSegmentBytes() {
        return integer(ConfigKeys.OFFSETS_TOPIC_SEGMENT_BYTES);
    }

    /** Every place that gives the key a value, the one that wins first; empty if it has none. */
    List<Synonym> synonyms(String name) {
        List<Synonym> found = new ArrayList<>();
        addSynonym(found, name, dynamicOwn.get(name), Source.DYNAMIC_BROKER);
        addSynonym(found, name, dynamicDefaults.get(name), Source.DYNAMIC_BROKER_DEFAULT);
        addSynonym(found, name, fixed.get(name), Source.STATIC_BROKER);
        addSynonym(found, name, ConfigKeys.TABLE.key(name).defaultValue(), Source.DEFAULT);
        return found;
    }

    private static void addSynonym(List<Synonym> to, String name, @Nullable String value, Source source) {
        if (value != null) {
            to.add(new Synonym(name, value.trim(), source));
        }
    }

    private ConfigEntry describe(ConfigKey key) {
        List<Synonym> synonyms = synonyms(key.name());
        Synonym winner = synonyms.isEmpty() ? new Synonym(key.name(), null, Source.DEFAULT) : synonyms.get(0);
        return new ConfigEntry(
                key.name(), winner.value(), key.type(), winner.source(), !key.dynamic(), key.documentation(), synonyms);
    }

    private static @Nullable String problemWith(String name, String value) {
        ConfigKey key = ConfigKeys.TABLE.find(name);
        if (key == null) {
            String near = ConfigKeys.TABLE.nearest(name);
            return "unknown key" + (near == null ? "" : ", did you mean " + near + "?");
        }
        return key.admits(value) ? null : "allowed is " + key.allowed().description();
    }

    private @Nullable String explicit(String name) {
        String own = dynamicOwn.get(name);
        String shared = own == null ? dynamicDefaults.get(name) : own;
        return shared == null ? fixed.get(name) : shared;
    }

    private Object required(String name) {
        return Objects.requireNonNull(effective.get(name), name);
    }

    private String string(String name) {
        return (String) required(name);
    }

    /** The value of a key of this type that always has one. */
    int integer(String name) {
        return (Integer) required(name);
    }

    private long longInteger(String name) {
        return (Long) required(name);
    }
}
