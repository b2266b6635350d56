package io.millrace.broker.handler;

import io.millrace.broker.config.ConfigEntry;
import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.cluster.ClusterImage;
import io.millrace.cluster.MetadataLog;
import io.millrace.cluster.TopicImage;
import io.millrace.cluster.election.TopicNames;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.DescribeConfigsRequest;
import io.millrace.wire.message.DescribeConfigsRequest.DescribeConfigsResource;
import io.millrace.wire.message.DescribeConfigsResponse;
import io.millrace.wire.message.DescribeConfigsResponse.DescribeConfigsResourceResult;
import io.millrace.wire.message.DescribeConfigsResponse.DescribeConfigsResult;
import io.millrace.wire.message.DescribeConfigsResponse.DescribeConfigsSynonym;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** DescribeConfigs: the settings of topics, groups and this broker, where each comes from, and what it means. */
public final class DescribeConfigsHandler implements ApiHandler<DescribeConfigsRequest, DescribeConfigsResponse> {
    private final MetadataLog log;
    private final ResourceConfigs configs;

    private record Resource(byte type, String name) {}

    DescribeConfigsHandler(MetadataLog log, ResourceConfigs configs) {
        this.log = log;
        this.configs = configs;
    }

    @Override
    public ApiKey key() {
        return ApiKey.DESCRIBE_CONFIGS;
    }

    @Override
    public Future<DescribeConfigsResponse> handle(RequestContext context, DescribeConfigsRequest request) {
        ClusterImage image = log.image();
        List<DescribeConfigsResult> results =
                new ArrayList<>(request.resources().size());
        Set<Resource> seen = new HashSet<>();
        for (DescribeConfigsResource resource : request.resources()) {
            if (!seen.add(new Resource(resource.resourceType(), resource.resourceName()))) {
                // One answer is enough: some bytes of request would become kilobytes of response, as often as wished.
                continue;
            }
            Decided<List<ConfigEntry>> entries = entries(image, resource);
            DescribeConfigsResult result = new DescribeConfigsResult()
                    .resourceType(resource.resourceType())
                    .resourceName(resource.resourceName());
            if (entries.isRefused()) {
                result.errorCode(entries.error().code().code());
                result.errorMessage(entries.error().message());
            } else {
                result.configs(rendered(entries.granted(), resource.configurationKeys(), request));
            }
            results.add(result);
        }
        return Future.succeededFuture(new DescribeConfigsResponse().results(results));
    }

    private Decided<List<ConfigEntry>> entries(ClusterImage image, DescribeConfigsResource resource) {
        ConfigResourceType type = ConfigResourceType.forId(resource.resourceType());
        return switch (type) {
            case TOPIC -> topic(image, resource.resourceName());
            case BROKER -> broker(resource.resourceName());
            case GROUP -> group(image, resource.resourceName());
            default -> Decided.refused(ApiError.invalidRequest(type.unsupported(resource.resourceType())));
        };
    }

    private Decided<List<ConfigEntry>> topic(ClusterImage image, String name) {
        String problem = TopicNames.problemWith(name);
        if (problem != null) {
            return Decided.refused(new ApiError(ErrorCode.INVALID_TOPIC_EXCEPTION, problem));
        }
        TopicImage topic = image.topic(name);
        return topic == null
                ? Decided.refused(
                        new ApiError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "The topic '" + name + "' does not exist."))
                : new Decided<>(configs.ofTopic(topic), ApiError.NONE);
    }

    private Decided<List<ConfigEntry>> broker(String name) {
        if (name.isEmpty()) {
            return new Decided<>(configs.ofAllBrokers(), ApiError.NONE);
        }
        ApiError error = configs.problemWithBrokerId(name);
        return error.isError() ? Decided.refused(error) : new Decided<>(configs.ofThisBroker(), ApiError.NONE);
    }

    /** Of any group, whether it exists or not. */
    private Decided<List<ConfigEntry>> group(ClusterImage image, String id) {
        return id.isEmpty()
                ? Decided.refused(ApiError.invalidRequest("Group name must not be empty"))
                : new Decided<>(configs.ofGroup(image.groupConfigs(id)), ApiError.NONE);
    }

    /** Null keys, and none, stand for all. Keys that do not exist are left out. */
    private static List<DescribeConfigsResourceResult> rendered(
            List<ConfigEntry> entries, @Nullable List<String> keys, DescribeConfigsRequest request) {
        Set<String> wanted = keys == null ? Set.of() : Set.copyOf(keys);
        List<DescribeConfigsResourceResult> results = new ArrayList<>();
        for (ConfigEntry entry : entries) {
            if (wanted.isEmpty() || wanted.contains(entry.name())) {
                results.add(rendered(entry, request));
            }
        }
        return results;
    }

    private static DescribeConfigsResourceResult rendered(ConfigEntry entry, DescribeConfigsRequest request) {
        DescribeConfigsResourceResult result = new DescribeConfigsResourceResult()
                .name(entry.name())
                .value(entry.value())
                .readOnly(entry.readOnly())
                .configSource(entry.source().wireId())
                .configType(entry.type().wireId())
                .documentation(request.includeDocumentation() ? entry.documentation() : null);
        if (request.includeSynonyms()) {
            result.synonyms(entry.synonyms().stream()
                    .map(synonym -> new DescribeConfigsSynonym()
                            .name(synonym.name())
                            .value(synonym.value())
                            .source(synonym.source().wireId()))
                    .toList());
        }
        return result;
    }
}
