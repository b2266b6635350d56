package io.millrace.testing;

import io.netty.util.LeakPresenceDetector;
import io.netty.util.LeakPresenceDetector.ResourceScope;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Fails every test class behind which a buffer of Netty stays that nobody released, and tells where each was allocated. It
 * counts, and does not wait for the collector to find what was lost. JUnit finds it by itself: no class can forget it.
 *
 * <p>Buffers on the heap that no pool has are not counted, since losing them harms nobody.
 */
public final class LeakWatch implements BeforeAllCallback {
    /** For the event loops of a Vert.x that was closed to give back what was on its way. */
    private static final long RELEASE_MS_MAX = 5_000;

    private static final long POLL_NS = 1_000_000;

    /** What is allocated while no test class runs is nobody's fault. */
    private static volatile ResourceScope current = new ResourceScope("between test classes");

    static {
        // Netty's classes look for their detector once: this class is loaded before any test.
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new Detectors());
    }

    /** Kept by JUnit until everything else that belongs to the class has been closed. */
    @Override
    public void beforeAll(ExtensionContext context) {
        context.getStore(Namespace.create(LeakWatch.class))
                .put(Watch.class, Watch.begin(context.getDisplayName(), RELEASE_MS_MAX));
    }

    /** What is allocated from its beginning to its end must be released by then, or soon after. */
    static final class Watch implements AutoCloseable {
        private final ResourceScope before;
        private final ResourceScope scope;
        private final long releaseMsMax;

        private Watch(ResourceScope before, ResourceScope scope, long releaseMsMax) {
            this.before = before;
            this.scope = scope;
            this.releaseMsMax = releaseMsMax;
        }

        static Watch begin(String name, long releaseMsMax) {
            Watch watch = new Watch(current, new ResourceScope(name), releaseMsMax);
            current = watch.scope;
            return watch;
        }

        /** @throws IllegalStateException when buffers were lost */
        @Override
        public void close() {
            current = before;
            long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(releaseMsMax);
            while (scope.hasOpenResources() && System.nanoTime() < deadline) {
                LockSupport.parkNanos(POLL_NS);
            }
            scope.close();
        }
    }

    private static final class Detectors extends ResourceLeakDetectorFactory {
        @Override
        @SuppressWarnings("deprecation") // but abstract
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(
                Class<T> resource, int samplingInterval, long maxActive) {
            return new LeakPresenceDetector<>(resource) {
                @Override
                protected ResourceScope currentScope() {
                    return current;
                }
            };
        }
    }
}
