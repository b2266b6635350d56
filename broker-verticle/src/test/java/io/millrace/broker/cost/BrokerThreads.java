package io.millrace.broker.cost;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** The threads of a broker that was started after this was made, as the JVM sees them. */
final class BrokerThreads {

    static final String LOOP = "vert.x-eventloop-thread-";
    static final String APPEND = "millrace-append-";
    static final String COMMIT = "millrace-commit-";
    static final String WORKERS = "millrace-worker-";
    private static final String CHECKPOINT = "millrace-checkpoint-";

    private static final ThreadMXBean JVM = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long IDLE_SECONDS_MAX = 20;
    private static final long POLL_NS = 20_000;

    private final Set<Long> strangers =
            Arrays.stream(JVM.getAllThreadIds()).boxed().collect(Collectors.toSet());

    /** Bytes that threads of this name have allocated on the heap since they began. */
    long allocatedBytes(String name) {
        return infos(name).stream()
                .mapToLong(thread -> JVM.getThreadAllocatedBytes(thread.getThreadId()))
                .sum();
    }

    /** How often threads of this name have waited and go on again. */
    long wakeUps(String name) {
        return infos(name).stream()
                .mapToLong(thread -> thread.getWaitedCount() - (isWaiting(thread) ? 1 : 0))
                .sum();
    }

    /** Waits until nobody but the event loop has anything to do, so that the next request has to wake whom it needs. */
    void awaitIdle() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(IDLE_SECONDS_MAX);
        for (String name : List.of(APPEND, COMMIT, WORKERS, CHECKPOINT)) {
            while (!infos(name).stream().allMatch(BrokerThreads::isWaiting)) {
                assertThat(System.nanoTime()).as("%s has still work", name).isLessThan(deadline);
                LockSupport.parkNanos(POLL_NS);
            }
        }
    }

    private static boolean isWaiting(ThreadInfo thread) {
        Thread.State state = thread.getThreadState();
        return state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
    }

    private List<ThreadInfo> infos(String name) {
        List<ThreadInfo> found = new ArrayList<>();
        for (ThreadInfo thread : JVM.getThreadInfo(JVM.getAllThreadIds())) {
            if (thread != null
                    && thread.getThreadName().startsWith(name)
                    && !strangers.contains(thread.getThreadId())) {
                found.add(thread);
            }
        }
        return found;
    }
}
