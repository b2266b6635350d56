package io.millrace.broker.group.shard;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where the answer to one request arrives, once. */
final class Answer<T> implements Consumer<T> {

    private @Nullable T value;

    @Override
    public void accept(T answered) {
        if (value != null) {
            throw new AssertionError("answered twice: " + value + " and " + answered);
        }
        value = answered;
    }

    boolean isWaiting() {
        return value == null;
    }

    T get() {
        T answered = value;
        if (answered == null) {
            throw new AssertionError("there is no answer yet");
        }
        return answered;
    }
}
