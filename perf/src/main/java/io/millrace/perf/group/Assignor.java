package io.millrace.perf.group;

import java.util.Map;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.clients.consumer.StickyAssignor;

/** Who says what member gets which partition: one of those that Kafka's consumer brings along, or one of the broker's. */
enum Assignor {
    RANGE("range", RangeAssignor.class.getName(), false),
    ROUND_ROBIN("roundrobin", RoundRobinAssignor.class.getName(), false),
    STICKY("sticky", StickyAssignor.class.getName(), false),
    COOPERATIVE_STICKY("cooperative-sticky", CooperativeStickyAssignor.class.getName(), false),
    BROKER_UNIFORM("broker-uniform", "uniform", true),
    BROKER_RANGE("broker-range", "range", true);

    /** The least that brokers allow by default in the classic protocol: so long a dead member holds its partitions. */
    static final int SESSION_MS = 6000;

    static final int HEARTBEAT_MS = 1000;

    private final String title;
    private final String setting;
    private final boolean isOfBroker;

    Assignor(String title, String setting, boolean isOfBroker) {
        this.title = title;
        this.setting = setting;
        this.isOfBroker = isOfBroker;
    }

    /** What a consumer must be told. The timeouts of the next-generation protocol are the broker's. */
    Map<String, Object> consumerSettings() {
        return isOfBroker
                ? Map.of("group.protocol", "consumer", "group.remote.assignor", setting)
                : Map.of(
                        "group.protocol",
                        "classic",
                        "partition.assignment.strategy",
                        setting,
                        "session.timeout.ms",
                        SESSION_MS,
                        "heartbeat.interval.ms",
                        HEARTBEAT_MS);
    }

    /** Whether members speak the next-generation protocol. */
    boolean isOfBroker() {
        return isOfBroker;
    }

    @Override
    public String toString() {
        return title;
    }
}
