package io.millrace.micro;

import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Setting up and tearing down may wait for what event loops may not. */
final class Waiting {

    private static final long SECONDS_MAX = 30;

    private Waiting() {}

    /** @throws IllegalStateException when it failed, or takes too long */
    static <T> T on(Future<T> future) {
        try {
            return future.await(SECONDS_MAX, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("took more than " + SECONDS_MAX + " s", e);
        }
    }
}
