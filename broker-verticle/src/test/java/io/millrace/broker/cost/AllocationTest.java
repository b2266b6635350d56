package io.millrace.broker.cost;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.millrace.broker.testing.TestBroker;
import io.netty.util.internal.PlatformDependent;
import io.vertx.core.Vertx;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Bytes that the broker's threads allocate for each request, as {@code costs.txt} has them, and that memory outside the heap
 * is used again.
 *
 * <p>In a JVM of its own, with a compiler that optimizes no allocation away: so the bytes are those of the source, and the
 * same whatever has been compiled so far. Without the watch for leaks, which allocates more than the broker.
 */
@Tag("allocation")
class AllocationTest {

    private static final Costs COMMITTED = Costs.committed();
    private static final int ROUNDS = 7;

    /** Requests without a large answer or batch cost little to repeat. */
    private static final int REQUESTS = 200;

    private static final int LARGE_REQUESTS = 10;

    /** So many rounds until what is allocated once has been. */
    private static final int WARM_UP_ROUNDS = 3;

    private static final Map<Measure, String> MEASURED = Map.of(
            Measure.LOOP_BYTES, BrokerThreads.LOOP,
            Measure.APPEND_BYTES, BrokerThreads.APPEND,
            Measure.COMMIT_BYTES, BrokerThreads.COMMIT,
            Measure.WORKER_BYTES, BrokerThreads.WORKERS);

    private final BrokerThreads threads = new BrokerThreads();
    private final Vertx vertx = Vertx.vertx();

    @TempDir
    private Path data;

    @SuppressWarnings("NullAway.Init")
    private TestBroker broker;

    @BeforeAll
    static void requireTheRightJvm() {
        String level = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .getVMOption("TieredStopAtLevel")
                .getValue();
        assertThat(level)
                .as(
                        "-XX:TieredStopAtLevel, which execution \"allocation\" in pom.xml sets: bytes are counted in its JVM")
                .isEqualTo("1");
    }

    @BeforeEach
    void startBroker() throws Exception {
        broker = TestBroker.start(vertx, data, Workload.SETTINGS);
    }

    @AfterEach
    void stopBroker() throws Exception {
        broker.close();
        vertx.close().await(20, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource
    void aRequestAllocatesWhatIsCommitted(Scenario scenario) throws Exception {
        int requests = requests(scenario);
        try (Workload workload = new Workload(scenario, broker)) {
            for (int i = 0; i < WARM_UP_ROUNDS * requests; i++) {
                workload.run();
            }
            threads.awaitIdle();
            long outsideBefore = bytesOutsideTheHeap();
            Map<Measure, List<Double>> rounds = new EnumMap<>(Measure.class);
            for (int round = 0; round < ROUNDS; round++) {
                Map<Measure, Long> before = allocated();
                for (int i = 0; i < requests; i++) {
                    workload.run();
                }
                threads.awaitIdle();
                allocated()
                        .forEach((measure, now) -> rounds.computeIfAbsent(measure, each -> new ArrayList<>())
                                .add((now - before.getOrDefault(measure, 0L)) / (double) requests));
            }
            Map<Measure, Double> medians = new EnumMap<>(Measure.class);
            rounds.forEach((measure, values) -> medians.put(measure, median(values)));
            COMMITTED.check(scenario, medians);
            assertThat(bytesOutsideTheHeap())
                    .as("bytes outside the heap after %d rounds of \"%s\"", ROUNDS, scenario)
                    .isLessThanOrEqualTo(outsideBefore);
        }
    }

    private static int requests(Scenario scenario) {
        return switch (scenario) {
            case PRODUCE_SMALL, PRODUCE_SMALL_OS, FETCH_SMALL, FETCH_WOKEN, HEARTBEAT, CONSUMER_HEARTBEAT, COMMIT ->
                REQUESTS;
            default -> LARGE_REQUESTS;
        };
    }

    private Map<Measure, Long> allocated() {
        Map<Measure, Long> bytes = new EnumMap<>(Measure.class);
        MEASURED.forEach((measure, name) -> bytes.put(measure, threads.allocatedBytes(name)));
        return bytes;
    }

    /** Of Netty's pools, of the ends of logs and of the journal. */
    private static long bytesOutsideTheHeap() {
        return Math.max(0, PlatformDependent.usedDirectMemory())
                + ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                        .mapToLong(BufferPoolMXBean::getMemoryUsed)
                        .sum();
    }

    private static double median(List<Double> values) {
        Collections.sort(values);
        return values.get(values.size() / 2);
    }
}
