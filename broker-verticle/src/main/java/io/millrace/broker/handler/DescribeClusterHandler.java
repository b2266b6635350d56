package io.millrace.broker.handler;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.cluster.ClusterImage;
import io.millrace.cluster.MetadataLog;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.DescribeClusterRequest;
import io.millrace.wire.message.DescribeClusterResponse;
import io.millrace.wire.message.DescribeClusterResponse.DescribeClusterBroker;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/** DescribeCluster: the cluster's id and its brokers. Controllers are not a kind of node here: every broker is one. */
public final class DescribeClusterHandler implements ApiHandler<DescribeClusterRequest, DescribeClusterResponse> {
    private static final int BROKERS = 1;
    private static final int CONTROLLERS = 2;

    private final MetadataLog log;

    DescribeClusterHandler(MetadataLog log) {
        this.log = log;
    }

    @Override
    public ApiKey key() {
        return ApiKey.DESCRIBE_CLUSTER;
    }

    @Override
    public Future<DescribeClusterResponse> handle(RequestContext context, DescribeClusterRequest request) {
        return Future.succeededFuture(
                switch (request.endpointType()) {
                    case BROKERS -> brokers(context, request);
                    case CONTROLLERS ->
                        refusal(
                                ErrorCode.MISMATCHED_ENDPOINT_TYPE,
                                "The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type"
                                        + " CONTROLLER");
                    default ->
                        refusal(
                                ErrorCode.UNSUPPORTED_ENDPOINT_TYPE,
                                "Unsupported endpoint type " + request.endpointType());
                });
    }

    private DescribeClusterResponse brokers(RequestContext context, DescribeClusterRequest request) {
        ClusterImage image = log.image();
        ListenerView view = new ListenerView(image, context.connection());
        List<DescribeClusterBroker> brokers = new ArrayList<>(view.nodeCount());
        for (ListenerView.Node node : view.nodes()) {
            brokers.add(new DescribeClusterBroker()
                    .brokerId(node.id())
                    .host(node.host())
                    .port(node.port())
                    .rack(node.rack()));
        }
        return new DescribeClusterResponse()
                .clusterId(image.clusterId())
                .controllerId(view.controllerId())
                .brokers(brokers)
                .clusterAuthorizedOperations(
                        request.includeClusterAuthorizedOperations()
                                ? AuthorizedOperations.ON_CLUSTER
                                : AuthorizedOperations.NOT_ASKED);
    }

    private static DescribeClusterResponse refusal(ErrorCode code, String message) {
        return new DescribeClusterResponse().errorCode(code.code()).errorMessage(message);
    }
}
