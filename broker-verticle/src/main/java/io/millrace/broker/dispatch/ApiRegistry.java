package io.millrace.broker.dispatch;

import io.millrace.wire.ApiKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The APIs that this broker implements, and thereby what it advertises. Immutable. */
public final class ApiRegistry {

    private final @Nullable ApiHandler<?, ?>[] byId;
    private final List<ApiHandler<?, ?>> handlers;

    /** @throws IllegalArgumentException if two handlers answer one API */
    public ApiRegistry(List<? extends ApiHandler<?, ?>> handlers) {
        int idMax = handlers.stream().mapToInt(h -> h.key().id()).max().orElse(0);
        byId = new ApiHandler<?, ?>[idMax + 1];
        for (ApiHandler<?, ?> handler : handlers) {
            if (byId[handler.key().id()] != null) {
                throw new IllegalArgumentException("two handlers for " + handler.key());
            }
            byId[handler.key().id()] = handler;
        }
        List<ApiHandler<?, ?>> ordered = new ArrayList<>();
        for (ApiHandler<?, ?> handler : byId) {
            if (handler != null) {
                ordered.add(handler);
            }
        }
        this.handlers = List.copyOf(ordered);
    }

    public @Nullable ApiHandler<?, ?> find(ApiKey key) {
        int id = key.id();
        return id < byId.length ? byId[id] : null;
    }

    /** All handlers, by ascending API id. */
    public List<ApiHandler<?, ?>> handlers() {
        return handlers;
    }
}
