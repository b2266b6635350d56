package io.millrace.broker;

import io.millrace.broker.partition.Partition;
import io.millrace.broker.partition.Partitions;
import io.millrace.broker.storage.FileStore;
import io.millrace.broker.storage.shard.LogShard;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/** What tests may know of a running broker, and do to it, that no client can. */
public final class BrokerInsight {

    private BrokerInsight() {}

    /** A broker whose logs are in the hands of a test. */
    public static BrokerVerticle broker(BrokerConfig config, FileStore store) {
        return new BrokerVerticle(config, store);
    }

    public static Partition partition(BrokerVerticle broker, String topic, int index) {
        Partitions partitions = storage(broker).partitions();
        return Objects.requireNonNull(partitions.find(topic, index));
    }

    /** As if a write to the data folder had failed. */
    static void failFolder(BrokerVerticle broker, Path folder) {
        LogShard shard = storage(broker).logs().shards().stream()
                .filter(each -> each.folder().equals(folder))
                .findAny()
                .orElseThrow();
        shard.goOffline(new IOException("planted"));
    }

    private static BrokerStorage storage(BrokerVerticle broker) {
        return Objects.requireNonNull(broker.storage(), "the broker does not run");
    }
}
