package io.millrace.broker.handler;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.wire.ApiKey;
import io.millrace.wire.message.IncrementalAlterConfigsRequest;
import io.millrace.wire.message.IncrementalAlterConfigsRequest.AlterConfigsResource;
import io.millrace.wire.message.IncrementalAlterConfigsRequest.AlterableConfig;
import io.millrace.wire.message.IncrementalAlterConfigsResponse;
import io.millrace.wire.message.IncrementalAlterConfigsResponse.AlterConfigsResourceResponse;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** IncrementalAlterConfigs: sets, deletes, and changes lists of, single settings; the others stay (KIP-339). */
public final class IncrementalAlterConfigsHandler
        implements ApiHandler<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse> {
    private final ConfigAlterations alterations;
    private final ResourceConfigs configs;

    IncrementalAlterConfigsHandler(ConfigAlterations alterations, ResourceConfigs configs) {
        this.alterations = alterations;
        this.configs = configs;
    }

    @Override
    public ApiKey key() {
        return ApiKey.INCREMENTAL_ALTER_CONFIGS;
    }

    @Override
    public Future<IncrementalAlterConfigsResponse> handle(
            RequestContext context, IncrementalAlterConfigsRequest request) {
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
            return new IncrementalAlterConfigsResponse().responses(responses);
        });
    }

    private ConfigAlteration alteration(AlterConfigsResource resource) {
        List<ConfigStep> steps = new ArrayList<>(resource.configs().size());
        for (AlterableConfig each : resource.configs()) {
            steps.add(new ConfigStep(ConfigStep.Operation.forId(each.configOperation()), each.name(), each.value()));
        }
        return new ConfigAlteration(
                resource.resourceType(),
                resource.resourceName(),
                problemWith(steps, resource),
                new ConfigSteps(steps, configs.lists(ConfigResourceType.forId(resource.resourceType()))));
    }

    private static ApiError problemWith(List<ConfigStep> steps, AlterConfigsResource resource) {
        Set<String> keys = new HashSet<>();
        List<String> withoutValue = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            ConfigStep step = steps.get(i);
            if (!keys.add(step.key())) {
                return ConfigAlteration.REPEATED_KEYS;
            }
            if (step.operation() == ConfigStep.Operation.UNKNOWN) {
                return ApiError.invalidRequest("Unknown operation type "
                        + resource.configs().get(i).configOperation()
                        + ": expected 0 (SET), 1 (DELETE), 2 (APPEND) or 3 (SUBTRACT).");
            }
            if (step.value() == null && step.operation() != ConfigStep.Operation.DELETE) {
                withoutValue.add(step.key());
            }
        }
        return withoutValue.isEmpty() ? ApiError.NONE : ConfigAlteration.withoutValue(withoutValue);
    }
}
