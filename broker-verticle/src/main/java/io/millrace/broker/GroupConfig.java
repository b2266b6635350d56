package io.millrace.broker;

import io.millrace.broker.config.ConfigEntry;
import io.millrace.broker.config.ConfigKey;
import io.millrace.broker.config.ConfigTable;
import io.millrace.broker.group.consumer.ConsumerSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The settings of single groups, by Kafka's keys; they hold for groups of the next-generation protocol. A group's own value
 * wins, within the broker's bounds; otherwise the broker's holds. Immutable.
 */
public final class GroupConfig {

    private static final GroupTime HEARTBEAT = GroupTime.of(
            "consumer.heartbeat.interval.ms",
            ConsumerConfigKeys.HEARTBEAT_MS,
            ConsumerConfigKeys.HEARTBEAT_MIN_MS,
            ConsumerConfigKeys.HEARTBEAT_MAX_MS,
            "How often the group's members are told to send heartbeats.");

    private static final GroupTime SESSION = GroupTime.of(
            "consumer.session.timeout.ms",
            ConsumerConfigKeys.SESSION_MS,
            ConsumerConfigKeys.SESSION_MIN_MS,
            ConsumerConfigKeys.SESSION_MAX_MS,
            "How long a member of the group may be silent.");

    private static final GroupTime ASSIGNMENT = GroupTime.of(
            "consumer.assignment.interval.ms",
            ConsumerConfigKeys.ASSIGNMENT_MS,
            ConsumerConfigKeys.ASSIGNMENT_MIN_MS,
            ConsumerConfigKeys.ASSIGNMENT_MAX_MS,
            "The least time between two assignments of the group.");

    private static final List<GroupTime> TIMES = List.of(HEARTBEAT, SESSION, ASSIGNMENT);

    private static final ConfigTable TABLE =
            new ConfigTable(TIMES.stream().map(GroupTime::key).toList());

    private final BrokerConfig broker;
    private final ConsumerSettings defaults;

    /** @param broker what the broker was started with: none of the keys that stand for groups change while it runs */
    public GroupConfig(BrokerConfig broker) {
        this.broker = broker;
        this.defaults = broker.consumerSettings();
    }

    /** The key with its definition, or null if groups have no such key. */
    public static @Nullable ConfigKey definition(String name) {
        return TABLE.find(name);
    }

    /** How the broker's settings for groups contradict each other; empty if they do not. */
    static List<String> conflictsIn(BrokerConfig broker) {
        List<String> conflicts = new ArrayList<>();
        for (GroupTime each : TIMES) {
            String conflict = each.conflictIn(broker);
            if (conflict != null) {
                conflicts.add(conflict);
            }
        }
        int sessionMs = broker.integer(SESSION.brokerKey());
        if (broker.integer(HEARTBEAT.brokerKey()) >= sessionMs) {
            conflicts.add(
                    HEARTBEAT.brokerKey() + " must be less than " + SESSION.brokerKey() + ", which is " + sessionMs);
        }
        return conflicts;
    }

    /** What holds for groups without settings of their own. */
    public ConsumerSettings defaults() {
        return defaults;
    }

    /** What holds for a group with these explicit settings, which were without problems when they were made. */
    public ConsumerSettings resolve(Map<String, String> own) {
        return own.isEmpty()
                ? defaults
                : defaults.withTimes(
                        SESSION.effective(own, broker),
                        HEARTBEAT.effective(own, broker),
                        ASSIGNMENT.effective(own, broker));
    }

    /** What is wrong with these explicit settings of a group, in Kafka's words, or null if it may have them. */
    public @Nullable String problemWith(Map<String, String> own) {
        for (Map.Entry<String, String> each : new TreeMap<>(own).entrySet()) {
            ConfigKey key = TABLE.find(each.getKey());
            if (key == null) {
                return "Unknown group config name: " + each.getKey() + ", allowed are " + names();
            }
            if (!key.admits(each.getValue())) {
                return "Invalid value " + each.getValue() + " for configuration " + each.getKey() + ": allowed is "
                        + key.allowed().description();
            }
        }
        for (GroupTime each : TIMES) {
            String problem = each.problemWith(own, broker);
            if (problem != null) {
                return problem;
            }
        }
        int heartbeatMs = HEARTBEAT.wished(own, broker);
        return SESSION.wished(own, broker) > heartbeatMs
                ? null
                : SESSION.name() + " must be greater than " + HEARTBEAT.name() + ", which is " + heartbeatMs;
    }

    /** Every key with its value for a group with these explicit settings, and where that comes from. */
    public List<ConfigEntry> describe(Map<String, String> own) {
        return TIMES.stream().map(each -> each.describe(own, broker)).toList();
    }

    private static String names() {
        return String.join(", ", TIMES.stream().map(GroupTime::name).toList());
    }
}
