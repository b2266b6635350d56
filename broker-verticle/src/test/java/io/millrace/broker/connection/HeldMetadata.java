package io.millrace.broker.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.dispatch.ApiHandler;
import io.millrace.broker.dispatch.RequestContext;
import io.millrace.wire.ApiKey;
import io.millrace.wire.message.MetadataRequest;
import io.millrace.wire.message.MetadataResponse;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers Metadata when the test says so, with a cluster id that tells the answers apart. */
final class HeldMetadata implements ApiHandler<MetadataRequest, MetadataResponse> {

    record Held(RequestContext context, MetadataRequest request, Promise<MetadataResponse> promise) {

        void answer(String text) {
            context.eventLoop().runOnContext(v -> promise.complete(new MetadataResponse().clusterId(text)));
        }
    }

    private final BlockingQueue<Held> requests = new LinkedBlockingQueue<>();
    private final AtomicInteger started = new AtomicInteger();
    private volatile boolean answersAtOnce;

    @Override
    public ApiKey key() {
        return ApiKey.METADATA;
    }

    @Override
    public Future<MetadataResponse> handle(RequestContext context, MetadataRequest request) {
        started.incrementAndGet();
        if (answersAtOnce) {
            return Future.succeededFuture(new MetadataResponse().clusterId("x".repeat(30_000)));
        }
        Held next = new Held(context, request, Promise.promise());
        requests.add(next);
        return next.promise().future();
    }

    /** From now on, and at length. */
    void answerAtOnce() {
        answersAtOnce = true;
    }

    /** Requests that came here so far. */
    int started() {
        return started.get();
    }

    Held next() throws InterruptedException {
        Held next = requests.poll(10, TimeUnit.SECONDS);
        assertThat(next).isNotNull();
        return next;
    }
}
