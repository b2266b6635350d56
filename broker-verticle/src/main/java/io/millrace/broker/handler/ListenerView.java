package io.millrace.broker.handler;

import io.millrace.broker.dispatch.ConnectionInfo;
import io.millrace.cluster.BrokerInfo;
import io.millrace.cluster.ClusterImage;
import io.millrace.cluster.Endpoint;
import io.millrace.cluster.PartitionState;
import io.millrace.cluster.TopicImage;
import io.millrace.wire.ErrorCode;
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
    private final OfflineReplicas offline;

    /** For who asks for brokers only. */
    public ListenerView(ClusterImage image, ConnectionInfo connection) {
        this(image, connection, (broker, topic, partition) -> false);
    }

    ListenerView(ClusterImage image, ConnectionInfo connection, OfflineReplicas offline) {
        this.image = image;
        this.offline = offline;
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

    /** The broker, or null if clients cannot reach it. */
    @Nullable
    Node node(int id) {
        return nodes.get(id);
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

    /** The leader's id, or {@link PartitionState#NO_LEADER} if clients cannot reach it, or it cannot use its log. */
    int leaderOf(TopicImage topic, int index) {
        int leader = topic.partitions().get(index).leader();
        return isUsable(leader, topic, index) ? leader : PartitionState.NO_LEADER;
    }

    /** Why clients are told of no leader, or {@code NONE}. */
    ErrorCode leaderError(TopicImage topic, int index, boolean tellsMissingListener) {
        int leader = topic.partitions().get(index).leader();
        if (isUsable(leader, topic, index)) {
            return ErrorCode.NONE;
        }
        boolean lacksListener = image.brokers().containsKey(leader) && !nodes.containsKey(leader);
        return lacksListener && tellsMissingListener ? ErrorCode.LISTENER_NOT_FOUND : ErrorCode.LEADER_NOT_AVAILABLE;
    }

    /** Those of the brokers that clients can reach; the same list if they can reach all of them. */
    List<Integer> reachable(List<Integer> brokers) {
        return nodes.keySet().containsAll(brokers)
                ? brokers
                : brokers.stream().filter(nodes::containsKey).toList();
    }

    /** The replicas that clients cannot reach, or whose logs their brokers cannot use. */
    List<Integer> offlineReplicas(TopicImage topic, int index) {
        return topic.partitions().get(index).replicas().stream()
                .filter(broker -> !isUsable(broker, topic, index))
                .toList();
    }

    private boolean isUsable(int broker, TopicImage topic, int index) {
        return nodes.containsKey(broker) && !offline.includes(broker, topic.id(), index);
    }
}
