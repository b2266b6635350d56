package io.millrace.cluster.election;

import io.millrace.cluster.BrokerInfo;
import io.millrace.cluster.ClusterImage;
import io.millrace.cluster.Decider;
import io.millrace.cluster.Decision;
import io.millrace.cluster.Endpoint;
import io.millrace.cluster.MetadataRecord;
import io.millrace.cluster.MetadataRecord.BrokerRegistered;
import io.millrace.cluster.MetadataRecord.ClusterCreated;
import io.millrace.cluster.MetadataRecord.PartitionChanged;
import io.millrace.cluster.MetadataRecord.ProducerIdsAllocated;
import io.millrace.cluster.PartitionState;
import io.millrace.cluster.TopicImage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decisions about brokers: that one started, what it leads, and which producer ids it may hand out. */
public final class BrokerDecisions {
    /** Kafka's block size: large enough that a log write per block costs nothing per producer. */
    public static final int PRODUCER_ID_BLOCK = 1000;

    private BrokerDecisions() {}

    /**
     * Registers a start of a broker under its next incarnation, and founds the cluster on the first start ever.
     *
     * @param newClusterId the cluster's id if it has none yet
     */
    public static Decider<BrokerInfo> register(
            int brokerId, List<Endpoint> endpoints, @Nullable String rack, String newClusterId) {
        return image -> {
            BrokerInfo former = image.brokers().get(brokerId);
            long incarnation = former == null ? 1 : former.incarnation() + 1;
            BrokerInfo broker = new BrokerInfo(brokerId, incarnation, endpoints, rack);
            List<MetadataRecord> records = new ArrayList<>();
            if (image.clusterId().isEmpty()) {
                records.add(new ClusterCreated(newClusterId));
            }
            records.add(new BrokerRegistered(broker));
            return new Decision<>(broker, records);
        };
    }

    /**
     * Moves every partition that the broker leads to its next leader epoch; answers how many. To be decided when the
     * broker's last stop may have lost records: whoever read them finds out by the epoch that they are gone.
     */
    public static Decider<Integer> renewLeadership(int brokerId) {
        return image -> {
            List<MetadataRecord> records = new ArrayList<>();
            for (TopicImage topic : image.topics()) {
                for (int index = 0; index < topic.partitions().size(); index++) {
                    PartitionState state = topic.partitions().get(index);
                    if (state.leader() == brokerId) {
                        records.add(new PartitionChanged(topic.id(), index, state.nextLeaderEpoch()));
                    }
                }
            }
            return new Decision<>(records.size(), records);
        };
    }

    /** Gives a broker the next {@link #PRODUCER_ID_BLOCK} producer ids; answers the first of them. */
    public static Decider<Long> allocateProducerIds(int brokerId) {
        return image -> allocate(image, brokerId);
    }

    private static Decision<Long> allocate(ClusterImage image, int brokerId) {
        long first = image.nextProducerId();
        return new Decision<>(
                first, List.of(new ProducerIdsAllocated(brokerId, Math.addExact(first, PRODUCER_ID_BLOCK))));
    }
}
