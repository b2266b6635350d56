package io.millrace.broker.group.api;

import io.millrace.broker.dispatch.RequestContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Consumer;

/** The answer to one request, or to a part of it. It comes from the shard's event loop; what comes after the first is ignored. */
final class Reply<R> implements Consumer<R> {

    private final Promise<R> promise = Promise.promise();

    /** For a request that waits for others than its own client: it goes when its connection goes, and its memory with it. */
    static <R> Reply<R> waiting(RequestContext context) {
        Reply<R> reply = new Reply<>();
        Runnable gone = reply.promise::tryComplete;
        context.gate().onDisconnect(gone);
        reply.promise
                .future()
                .onComplete(done -> context.eventLoop()
                        .runOnContext(nothing -> context.gate().removeDisconnectListener(gone)));
        return reply;
    }

    @Override
    public void accept(R response) {
        promise.tryComplete(response);
    }

    /** Completes on any thread. */
    Future<R> future() {
        return promise.future();
    }
}
