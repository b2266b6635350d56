package io.millrace.perf.nullbroker;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.ExecutionException;

/** The process: {@code NullBroker PORT}. One event loop for each processor, as Millrace has. */
public final class NullBroker {
    private NullBroker() {}

    public static void main(String[] arguments) throws InterruptedException, ExecutionException {
        start(Vertx.vertx(), Integer.parseInt(arguments[0]))
                .toCompletionStage()
                .toCompletableFuture()
                .get();
    }

    /** Completes when every event loop accepts connections on that port of 127.0.0.1. */
    static Future<?> start(Vertx vertx, int port) {
        NullTopics topics = new NullTopics();
        DeploymentOptions oneEach =
                new DeploymentOptions().setInstances(Runtime.getRuntime().availableProcessors());
        return vertx.deployVerticle(() -> new NullListener(topics, port), oneEach);
    }
}
