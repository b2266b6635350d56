package io.millrace.broker.fetch;

import io.millrace.broker.dispatch.RequestContext;
import io.millrace.broker.handler.ListenerView;
import io.millrace.cluster.MetadataLog;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.FetchResponse;
import java.util.HashSet;
import java.util.Set;

/**
 * Adds to a Fetch response where the leaders that it names are, so that the client needs no Metadata request to go on
 * (KIP-951). Any thread.
 */
public final class LeaderHints {

    /** Older versions have a place for the leader, but Kafka leaves it empty. */
    static final short FIRST_FETCH_VERSION = 16;

    private final MetadataLog metadata;

    public LeaderHints(MetadataLog metadata) {
        this.metadata = metadata;
    }

    /** Whether the client does better knowing the leader. */
    static boolean helpsAgainst(short errorCode) {
        return errorCode == ErrorCode.NOT_LEADER_OR_FOLLOWER.code()
                || errorCode == ErrorCode.FENCED_LEADER_EPOCH.code();
    }

    FetchResponse addTo(FetchResponse response, RequestContext context) {
        if (context.version() < FIRST_FETCH_VERSION) {
            return response;
        }
        Set<Integer> leaders = new HashSet<>(0);
        for (FetchResponse.FetchableTopicResponse topic : response.responses()) {
            for (FetchResponse.PartitionData partition : topic.partitions()) {
                if (helpsAgainst(partition.errorCode())) {
                    leaders.add(partition.currentLeader().leaderId());
                }
            }
        }
        if (!leaders.isEmpty()) {
            addEndpoints(response, leaders, new ListenerView(metadata.image(), context.connection()));
        }
        return response;
    }

    private static void addEndpoints(FetchResponse response, Set<Integer> leaders, ListenerView view) {
        for (ListenerView.Node node : view.nodes()) {
            if (leaders.contains(node.id())) {
                response.nodeEndpoints()
                        .add(new FetchResponse.NodeEndpoint()
                                .nodeId(node.id())
                                .host(node.host())
                                .port(node.port())
                                .rack(node.rack()));
            }
        }
    }
}
