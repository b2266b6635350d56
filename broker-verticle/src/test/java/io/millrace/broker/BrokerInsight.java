package io.millrace.broker;

import io.millrace.broker.partition.Partition;
import io.millrace.broker.partition.Partitions;
import java.util.Objects;

/** What tests may know of a running broker that no client is told. */
public final class BrokerInsight {

    private BrokerInsight() {}

    public static Partition partition(BrokerVerticle broker, String topic, int index) {
        Partitions partitions = Objects.requireNonNull(broker.storage(), "the broker does not run")
                .partitions();
        return Objects.requireNonNull(partitions.find(topic, index));
    }
}
