package io.millrace.broker.handler;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.ApiRegistry;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.wire.ApiKey;
import io.millrace.wire.ErrorCode;
import io.millrace.wire.message.ApiVersionsRequest;
import io.millrace.wire.message.ApiVersionsResponse;
import io.vertx.core.Future;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Says which APIs and versions this broker offers. Versions above our own are answered before they get here. */
public final class ApiVersionsHandler implements ApiHandler<ApiVersionsRequest, ApiVersionsResponse> {

    /** The first version in which a client introduces itself (KIP-511). */
    private static final short FIRST_VERSION_WITH_SOFTWARE = 3;

    /** The newest version of Kafka 4.3; version 5 adds a check of the cluster id (KIP-1242). */
    private static final short MAX_VERSION = 4;

    private static final Pattern SOFTWARE = Pattern.compile("[a-zA-Z0-9](?:[a-zA-Z0-9\\-.]*[a-zA-Z0-9])?");

    private final Supplier<ApiRegistry> registry;

    /** @param registry asked at the first request, because this handler is itself in it */
    public ApiVersionsHandler(Supplier<ApiRegistry> registry) {
        this.registry = registry;
    }

    @Override
    public ApiKey key() {
        return ApiKey.API_VERSIONS;
    }

    @Override
    public short maxVersion() {
        return (short) Math.min(MAX_VERSION, key().maxVersion());
    }

    @Override
    public Future<ApiVersionsResponse> handle(RequestContext context, ApiVersionsRequest request) {
        ApiVersionsResponse response = new ApiVersionsResponse();
        if (context.version() >= FIRST_VERSION_WITH_SOFTWARE
                && !(isSoftware(request.clientSoftwareName()) && isSoftware(request.clientSoftwareVersion()))) {
            return Future.succeededFuture(response.errorCode(ErrorCode.INVALID_REQUEST.code()));
        }
        for (ApiHandler<?, ?> handler : registry.get().handlers()) {
            response.apiKeys()
                    .add(new ApiVersionsResponse.ApiVersion()
                            .apiKey(handler.key().id())
                            .minVersion(handler.minAdvertisedVersion())
                            .maxVersion(handler.maxVersion()));
        }
        return Future.succeededFuture(response);
    }

    /** Kafka's rule; it keeps such names usable in metrics and logs. */
    private static boolean isSoftware(String text) {
        return SOFTWARE.matcher(text).matches();
    }
}
