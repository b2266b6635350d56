package io.millrace.broker.handler;

import io.millrace.broker.dispatch.ConnectionInfo;
import io.millrace.cluster.BrokerInfo;
import io.millrace.cluster.ClusterImage;
import io.millrace.cluster.Endpoint;
import io.millrace.cluster.PartitionState;
import io.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The cluster as seen through one listener: a client that came in by it is sent to the endpoints of the same name on the
 * other brokers. A broker without such an endpoint does not exist for this client.
 */
public final class ListenerView {
    /** A broker that clients of the listener can reach. */
    public record Node(
            int id, String host, int port, @Nullable String rack) {}

    private final Map<Integer, Node> nodes = new LinkedHashMap<>();
    private final ClusterImage image;

    public ListenerView(ClusterImage image, ConnectionInfo connection) {
        this.image = image;
        for (BrokerInfo broker : image.brokers().values()) {
            for (Endpoint endpoint : broker.endpoints()) {
                if (endpoint.listener().equals(connection.listener())) {
                    String host = host(endpoint, connection);
                    nodes.put(broker.id(), new Node(broker.id(), host, endpoint.port(), broker.rack()));
                }
            }
        }
    }

    /** A broker that listens on all interfaces and advertises nothing is where the client has reached it. */
    private static String host(Endpoint endpoint, ConnectionInfo connection) {
        return endpoint.host().isEmpty() ? connection.local().host() : endpoint.host();
    }

    public Iterable<Node> nodes() {
        return nodes.values();
    }

    int nodeCount() {
        return nodes.size();
    }

    /**
     * The broker that clients should send changes of the cluster to, or -1 if they cannot reach any. Every broker takes
     * them and passes them on, so it is the first.
     */
    int controllerId() {
        return nodes.isEmpty() ? -1 : nodes.keySet().iterator().next();
    }

    /** The leader's id, or {@link PartitionState#NO_LEADER} if clients cannot reach it. */
    int leaderOf(PartitionState partition) {
        return nodes.containsKey(partition.leader()) ? partition.leader() : PartitionState.NO_LEADER;
    }

    /** Why clients cannot reach the leader, or {@code NONE}. */
    ErrorCode leaderError(PartitionState partition, boolean tellsMissingListener) {
        if (nodes.containsKey(partition.leader())) {
            return ErrorCode.NONE;
        }
        boolean lacksListener = image.brokers().containsKey(partition.leader());
        return lacksListener && tellsMissingListener ? ErrorCode.LISTENER_NOT_FOUND : ErrorCode.LEADER_NOT_AVAILABLE;
    }

    /** Those of the brokers that clients can reach; the same list if they can reach all of them. */
    List<Integer> reachable(List<Integer> brokers) {
        return nodes.keySet().containsAll(brokers)
                ? brokers
                : brokers.stream().filter(nodes::containsKey).toList();
    }

    /** The replicas that clients cannot reach. */
    List<Integer> offlineReplicas(PartitionState partition) {
        if (nodes.keySet().containsAll(partition.replicas())) {
            return List.of();
        }
        List<Integer> offline = new ArrayList<>(partition.replicas());
        offline.removeAll(nodes.keySet());
        return offline;
    }
}
