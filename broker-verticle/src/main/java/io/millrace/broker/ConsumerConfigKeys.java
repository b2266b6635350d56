package io.millrace.broker;

import static io.millrace.broker.config.Allowed.atLeast;
import static io.millrace.broker.config.Allowed.listOf;
import static io.millrace.broker.config.Allowed.oneOf;
import static io.millrace.broker.config.ConfigKey.fixed;
import static io.millrace.broker.config.ConfigType.INT;
import static io.millrace.broker.config.ConfigType.LIST;
import static io.millrace.broker.config.ConfigType.STRING;

import io.millrace.broker.config.Allowed;
import io.millrace.broker.config.ConfigKey;
import io.millrace.broker.group.consumer.MigrationPolicy;
import java.util.List;

/** The keys for groups of the next-generation protocol. */
final class ConsumerConfigKeys {

    static final String SESSION_MS = "group.consumer.session.timeout.ms";
    static final String SESSION_MIN_MS = "group.consumer.min.session.timeout.ms";
    static final String SESSION_MAX_MS = "group.consumer.max.session.timeout.ms";
    static final String HEARTBEAT_MS = "group.consumer.heartbeat.interval.ms";
    static final String HEARTBEAT_MIN_MS = "group.consumer.min.heartbeat.interval.ms";
    static final String HEARTBEAT_MAX_MS = "group.consumer.max.heartbeat.interval.ms";
    static final String ASSIGNMENT_MS = "group.consumer.assignment.interval.ms";
    static final String ASSIGNMENT_MIN_MS = "group.consumer.min.assignment.interval.ms";
    static final String ASSIGNMENT_MAX_MS = "group.consumer.max.assignment.interval.ms";
    static final String SIZE_MAX = "group.consumer.max.size";
    static final String ASSIGNORS = "group.consumer.assignors";
    static final String MIGRATION = "group.consumer.migration.policy";

    private ConsumerConfigKeys() {}

    static List<ConfigKey> all() {
        return List.of(
                fixed(
                        SESSION_MS,
                        INT,
                        "45000",
                        atLeast(1),
                        "How long a member of the consumer protocol may be silent, if its group does not say."),
                bound(SESSION_MIN_MS, "45000", 1, "least", "consumer.session.timeout.ms"),
                bound(SESSION_MAX_MS, "60000", 1, "most", "consumer.session.timeout.ms"),
                fixed(
                        HEARTBEAT_MS,
                        INT,
                        "5000",
                        atLeast(1),
                        "How often members of the consumer protocol are told to send heartbeats, if their group does"
                                + " not say."),
                bound(HEARTBEAT_MIN_MS, "5000", 1, "least", "consumer.heartbeat.interval.ms"),
                bound(HEARTBEAT_MAX_MS, "15000", 1, "most", "consumer.heartbeat.interval.ms"),
                fixed(
                        ASSIGNMENT_MS,
                        INT,
                        "1000",
                        atLeast(0),
                        "The least time between two assignments of a group of the consumer protocol, if it does not"
                                + " say."),
                bound(ASSIGNMENT_MIN_MS, "0", 0, "least", "consumer.assignment.interval.ms"),
                bound(ASSIGNMENT_MAX_MS, "15000", 0, "most", "consumer.assignment.interval.ms"),
                fixed(
                        SIZE_MAX,
                        INT,
                        "2147483647",
                        atLeast(1),
                        "Members that a group of the consumer protocol may have."),
                fixed(
                        ASSIGNORS,
                        LIST,
                        "uniform,range",
                        someOf("uniform", "range"),
                        "Ways of assigning partitions that members of the consumer protocol may ask for; the first is for"
                                + " those that do not."),
                fixed(
                        MIGRATION,
                        STRING,
                        MigrationPolicy.BIDIRECTIONAL.title(),
                        oneOf(MigrationPolicy.titles()),
                        "Which way a group may change between the protocols while it has members."));
    }

    /** What groups and the broker itself have to keep to. */
    private static ConfigKey bound(String name, String value, int least, String which, String groupKey) {
        String documentation = "The " + which + " for " + groupKey + " of groups, and for the default.";
        return fixed(name, INT, value, atLeast(least), documentation);
    }

    private static Allowed someOf(String... values) {
        Allowed list = listOf(values);
        return new Allowed(
                list.description() + ", at least one",
                value -> list.test().test(value)
                        && !Allowed.items(value.toString()).isEmpty());
    }
}
