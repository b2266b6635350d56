package io.millrace.broker.handler;

import io.millrace.broker.dispatch.RequestContext;
import io.millrace.cluster.MetadataLog;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.FetchResponse;
import io.millrace.wire.message.ProduceResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Adds to a Produce or Fetch response where the leaders that it names are, so that the client needs no Metadata request
 * to go on (KIP-951). Any thread.
 */
public final class LeaderHints {

    private static final short FIRST_PRODUCE_VERSION = 10;

    /** Older versions have a place for the leader, but Kafka leaves it empty. */
    private static final short FIRST_FETCH_VERSION = 16;

    private final MetadataLog metadata;

    public LeaderHints(MetadataLog metadata) {
        this.metadata = metadata;
    }

    /** Whether the answer for a partition of a Produce request says who leads it. */
    public static boolean belongInProduce(short version, short errorCode) {
        return version >= FIRST_PRODUCE_VERSION && helpAgainst(errorCode);
    }

    /** Whether the answer for a partition of a Fetch request says who leads it. */
    public static boolean belongInFetch(short version, short errorCode) {
        return version >= FIRST_FETCH_VERSION && helpAgainst(errorCode);
    }

    private static boolean helpAgainst(short errorCode) {
        return errorCode == ErrorCode.NOT_LEADER_OR_FOLLOWER.code()
                || errorCode == ErrorCode.FENCED_LEADER_EPOCH.code();
    }

    public ProduceResponse addTo(ProduceResponse response, RequestContext context) {
        Set<Integer> leaders = new HashSet<>(0);
        for (ProduceResponse.TopicProduceResponse topic : response.responses()) {
            for (ProduceResponse.PartitionProduceResponse partition : topic.partitionResponses()) {
                if (belongInProduce(context.version(), partition.errorCode())) {
                    leaders.add(partition.currentLeader().leaderId());
                }
            }
        }
        for (ListenerView.Node node : nodes(leaders, context)) {
            response.nodeEndpoints()
                    .add(new ProduceResponse.NodeEndpoint()
                            .nodeId(node.id())
                            .host(node.host())
                            .port(node.port())
                            .rack(node.rack()));
        }
        return response;
    }

    public FetchResponse addTo(FetchResponse response, RequestContext context) {
        Set<Integer> leaders = new HashSet<>(0);
        for (FetchResponse.FetchableTopicResponse topic : response.responses()) {
            for (FetchResponse.PartitionData partition : topic.partitions()) {
                if (belongInFetch(context.version(), partition.errorCode())) {
                    leaders.add(partition.currentLeader().leaderId());
                }
            }
        }
        for (ListenerView.Node node : nodes(leaders, context)) {
            response.nodeEndpoints()
                    .add(new FetchResponse.NodeEndpoint()
                            .nodeId(node.id())
                            .host(node.host())
                            .port(node.port())
                            .rack(node.rack()));
        }
        return response;
    }

    private List<ListenerView.Node> nodes(Set<Integer> leaders, RequestContext context) {
        if (leaders.isEmpty()) {
            return List.of();
        }
        List<ListenerView.Node> found = new ArrayList<>();
        for (ListenerView.Node node : new ListenerView(metadata.image(), context.connection()).nodes()) {
            if (leaders.contains(node.id())) {
                found.add(node);
            }
        }
        return found;
    }
}
