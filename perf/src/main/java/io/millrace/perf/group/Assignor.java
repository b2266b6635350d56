package io.millrace.perf.group;

import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.clients.consumer.StickyAssignor;

/** Those that Kafka's consumer brings along, by their names in the protocol. */
enum Assignor {
    RANGE("range", RangeAssignor.class),
    ROUND_ROBIN("roundrobin", RoundRobinAssignor.class),
    STICKY("sticky", StickyAssignor.class),
    COOPERATIVE_STICKY("cooperative-sticky", CooperativeStickyAssignor.class);

    private final String protocolName;
    private final Class<? extends ConsumerPartitionAssignor> type;

    Assignor(String protocolName, Class<? extends ConsumerPartitionAssignor> type) {
        this.protocolName = protocolName;
        this.type = type;
    }

    Class<? extends ConsumerPartitionAssignor> type() {
        return type;
    }

    @Override
    public String toString() {
        return protocolName;
    }
}
