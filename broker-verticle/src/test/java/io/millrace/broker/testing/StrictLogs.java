package io.millrace.broker.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.AppenderBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.junit5.VertxProvider;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Fails a test when an event loop was found in a blocking call, or when our own code, Vert.x or Netty logged an error. Slow
 * is not blocking: a machine under load makes any step slow, so only stacks that show a wait or file I/O count.
 */
public final class StrictLogs implements BeforeEachCallback, AfterEachCallback, AfterAllCallback {

    private static final long EVENT_LOOP_MS_MAX = 20;

    /** Vert.x and Netty report what was thrown and not caught. */
    private static final List<String> OURS = List.of("io.millrace", "io.vertx", "io.netty");

    private static final List<String> BLOCKING = List.of(
            "jdk.internal.misc.Unsafe.park",
            "java.lang.Object.wait",
            "java.lang.Thread.sleep",
            "sun.nio.ch.FileDispatcherImpl.force",
            "sun.nio.ch.FileDispatcherImpl.pread",
            "sun.nio.ch.FileDispatcherImpl.pwrite",
            "sun.nio.ch.FileChannelImpl.read",
            "sun.nio.ch.FileChannelImpl.write",
            "sun.nio.ch.FileChannelImpl.force");

    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final Listener listener = new Listener();

    /** The Vert.x of a test, for {@code @ProvidedBy}; the extension closes it after the test. */
    public static final class StrictVertx implements VertxProvider {

        @Override
        public Vertx get() {
            return vertx();
        }
    }

    /** A Vert.x whose blocked-thread checker looks as often as is sensible. */
    public static Vertx vertx() {
        return Vertx.vertx(new VertxOptions()
                .setBlockedThreadCheckInterval(EVENT_LOOP_MS_MAX / 2)
                .setMaxEventLoopExecuteTimeUnit(TimeUnit.MILLISECONDS)
                .setMaxEventLoopExecuteTime(EVENT_LOOP_MS_MAX)
                .setWarningExceptionTimeUnit(TimeUnit.MILLISECONDS)
                .setWarningExceptionTime(EVENT_LOOP_MS_MAX));
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        listener.start();
        root.addAppender(listener);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        check();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        check();
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).detachAppender(listener);
    }

    private void check() {
        List<String> found = List.copyOf(complaints);
        complaints.clear();
        if (!found.isEmpty()) {
            throw new AssertionError(String.join("\n", found));
        }
    }

    private final class Listener extends AppenderBase<ILoggingEvent> {

        @Override
        protected void append(ILoggingEvent event) {
            String name = event.getLoggerName();
            boolean ours =
                    OURS.stream().anyMatch(name::startsWith) && event.getLevel().isGreaterOrEqual(Level.ERROR);
            if (ours || isBlocking(event)) {
                IThrowableProxy cause = event.getThrowableProxy();
                complaints.add(event.getFormattedMessage() + (cause == null ? "" : "\n" + stack(cause)));
            }
        }

        private boolean isBlocking(ILoggingEvent event) {
            if (!event.getLoggerName().contains("BlockedThreadChecker") || event.getThrowableProxy() == null) {
                return false;
            }
            String stack = stack(event.getThrowableProxy());
            return stack.contains("io.millrace") && BLOCKING.stream().anyMatch(stack::contains);
        }

        private String stack(IThrowableProxy cause) {
            StackTraceElementProxy[] frames = cause.getStackTraceElementProxyArray();
            return cause.getMessage() + "\n"
                    + String.join(
                            "\n", Arrays.stream(frames).map(Object::toString).toList());
        }
    }
}
