package io.millrace.broker.partition;

import io.millrace.broker.ring.ShardRing;
import io.millrace.broker.storage.PartitionLog;
import io.millrace.cluster.PartitionState;
import java.util.List;

/** A partition that a test makes itself, and leads. */
public final class TestPartition {

    private static final int BROKER = 1;

    private TestPartition() {}

    public static Partition of(PartitionLog log, ShardRing ring) {
        return new Partition(log.id(), BROKER, log, ring, PartitionState.created(List.of(BROKER)));
    }
}
