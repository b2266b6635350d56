package io.millrace.broker.handler;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.cluster.ClusterImage;
import io.millrace.cluster.MetadataLog;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.ListConfigResourcesRequest;
import io.millrace.wire.message.ListConfigResourcesResponse;
import io.millrace.wire.message.ListConfigResourcesResponse.ConfigResource;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * ListConfigResources: what has a configuration. Version 0 knows only subscriptions to client metrics, of which there
 * are none.
 */
public final class ListConfigResourcesHandler
        implements ApiHandler<ListConfigResourcesRequest, ListConfigResourcesResponse> {
    private final MetadataLog log;

    ListConfigResourcesHandler(MetadataLog log) {
        this.log = log;
    }

    @Override
    public ApiKey key() {
        return ApiKey.LIST_CONFIG_RESOURCES;
    }

    @Override
    public Future<ListConfigResourcesResponse> handle(RequestContext context, ListConfigResourcesRequest request) {
        return Future.succeededFuture(context.version() == 0 ? new ListConfigResourcesResponse() : list(request));
    }

    private ListConfigResourcesResponse list(ListConfigResourcesRequest request) {
        Set<ConfigResourceType> types = EnumSet.noneOf(ConfigResourceType.class);
        for (byte id : request.resourceTypes()) {
            ConfigResourceType type = ConfigResourceType.forId(id);
            if (type == ConfigResourceType.UNKNOWN) {
                return new ListConfigResourcesResponse().errorCode(ErrorCode.UNSUPPORTED_VERSION.code());
            }
            types.add(type);
        }
        ClusterImage image = log.image();
        List<ConfigResource> resources = new ArrayList<>();
        if (types.isEmpty() || types.contains(ConfigResourceType.BROKER)) {
            image.brokers()
                    .keySet()
                    .forEach(id -> resources.add(resource(ConfigResourceType.BROKER, Integer.toString(id))));
        }
        if (types.isEmpty() || types.contains(ConfigResourceType.TOPIC)) {
            image.topics().forEach(topic -> resources.add(resource(ConfigResourceType.TOPIC, topic.name())));
        }
        if (types.isEmpty() || types.contains(ConfigResourceType.GROUP)) {
            image.groups().forEach(group -> resources.add(resource(ConfigResourceType.GROUP, group.id())));
        }
        return new ListConfigResourcesResponse().configResources(resources);
    }

    private static ConfigResource resource(ConfigResourceType type, String name) {
        return new ConfigResource().resourceName(name).resourceType(type.id());
    }
}
