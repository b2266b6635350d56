package io.millrace.broker.handler;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.cluster.Outcome;
import io.millrace.wire.ApiKey;
import io.millrace.wire.message.AlterConfigsRequest;
import io.millrace.wire.message.AlterConfigsRequest.AlterConfigsResource;
import io.millrace.wire.message.AlterConfigsRequest.AlterableConfig;
import io.millrace.wire.message.AlterConfigsResponse;
import io.millrace.wire.message.AlterConfigsResponse.AlterConfigsResourceResponse;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * AlterConfigs: replaces all explicit settings of a resource. Clients prefer IncrementalAlterConfigs, because what this
 * request does not mention goes back to its default.
 */
public final class AlterConfigsHandler implements ApiHandler<AlterConfigsRequest, AlterConfigsResponse> {
    private final ConfigAlterations alterations;

    AlterConfigsHandler(ConfigAlterations alterations) {
        this.alterations = alterations;
    }

    @Override
    public ApiKey key() {
        return ApiKey.ALTER_CONFIGS;
    }

    @Override
    public Future<AlterConfigsResponse> handle(RequestContext context, AlterConfigsRequest request) {
        List<ConfigAlteration> wishes = new ArrayList<>(request.resources().size());
        for (AlterConfigsResource each : request.resources()) {
            wishes.add(alteration(each));
        }
        return alterations.perform(wishes, request.validateOnly()).map(errors -> {
            List<AlterConfigsResourceResponse> responses = new ArrayList<>(errors.size());
            for (int i = 0; i < errors.size(); i++) {
                AlterConfigsResource resource = request.resources().get(i);
                responses.add(new AlterConfigsResourceResponse()
                        .resourceType(resource.resourceType())
                        .resourceName(resource.resourceName())
                        .errorCode(errors.get(i).code().code())
                        .errorMessage(errors.get(i).message()));
            }
            return new AlterConfigsResponse().responses(responses);
        });
    }

    private static ConfigAlteration alteration(AlterConfigsResource resource) {
        Map<String, @Nullable String> settings = new LinkedHashMap<>();
        boolean repeats = false;
        for (AlterableConfig each : resource.configs()) {
            repeats |= settings.containsKey(each.name());
            settings.put(each.name(), each.value());
        }
        return new ConfigAlteration(
                resource.resourceType(),
                resource.resourceName(),
                problemWith(settings, repeats),
                current -> new Outcome.Accepted<>(Map.copyOf(settings)));
    }

    private static ApiError problemWith(Map<String, @Nullable String> settings, boolean repeats) {
        if (repeats) {
            return ConfigAlteration.REPEATED_KEYS;
        }
        List<String> withoutValue = settings.keySet().stream()
                .filter(name -> settings.get(name) == null)
                .toList();
        return withoutValue.isEmpty() ? ApiError.NONE : ConfigAlteration.withoutValue(withoutValue);
    }
}
